"""Kills its parent process.

reads: Your code stopped the process that watches over it, and was ended.
modes: isolated, xdist
"""

import os


def double(number):
    os.kill(os.getppid(), 9)
    while True:
        pass
