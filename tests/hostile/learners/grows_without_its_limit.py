"""Raises its memory limit, and fills memory.

reads: Your code used more than its 100 MiB of memory and was ended.
"""

import resource


def double(number):
    everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_DATA, everything)
    kept = []
    while len(kept) < 4000:
        kept.append(bytearray(1 << 20))
