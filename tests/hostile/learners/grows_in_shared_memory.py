"""Fills memory that no limit on private memory counts.

reads: Your code used more than its 100 MiB of memory and was ended.
"""

import mmap


def double(number):
    kept = []
    while len(kept) < 400:
        kept.append(mmap.mmap(-1, 10 << 20))
        kept[-1].write(b"x" * (10 << 20))
