"""Raises its memory limit, and fills memory.

reads: ?
"""

import resource


def double(number):
    everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_DATA, everything)
    kept = []
    while len(kept) < 4000:
        kept.append(bytearray(1 << 20))
