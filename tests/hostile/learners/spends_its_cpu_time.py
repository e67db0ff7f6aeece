"""Lowers its own limit of CPU time, and loops.

reads: ?
"""

import resource


def double(number):
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    while True:
        pass
