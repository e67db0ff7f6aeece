"""Kills its own process.

reads: ?
modes: isolated, xdist
"""

import os


def double(number):
    os.kill(os.getpid(), 9)
