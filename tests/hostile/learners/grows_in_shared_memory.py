"""Fills memory that no limit on private memory counts.

reads: ?
"""

import mmap


def double(number):
    kept = []
    while len(kept) < 400:
        kept.append(mmap.mmap(-1, 10 << 20))
        kept[-1].write(b"x" * (10 << 20))
