"""Closes every file descriptor.

reads: ?
modes: isolated, xdist
"""

import os


def double(number):
    os.closerange(0, 256)
    return number * 2
