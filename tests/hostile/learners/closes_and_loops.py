"""Closes every file descriptor, and loops.

reads: ?
"""

import os


def double(number):
    os.closerange(0, 256)
    while True:
        pass
