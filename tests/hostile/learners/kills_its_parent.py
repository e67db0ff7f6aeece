"""Kills its parent process.

reads: ?
modes: isolated, xdist
"""

import os


def double(number):
    os.kill(os.getppid(), 9)
    while True:
        pass
