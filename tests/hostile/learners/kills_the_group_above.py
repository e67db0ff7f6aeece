"""Kills the process group of its parent.

reads: ?
"""

import os


def double(number):
    os.killpg(os.getpgid(os.getppid()), 9)
    while True:
        pass
