"""Closes every file descriptor, and loops.

reads: Your code closed or broke the channel that carries the verdict.
"""

import os


def double(number):
    os.closerange(0, 256)
    while True:
        pass
