"""Closes every file descriptor.

reads: broke
modes: isolated, xdist
"""

import os


def double(number):
    os.closerange(0, 256)
    return number * 2
