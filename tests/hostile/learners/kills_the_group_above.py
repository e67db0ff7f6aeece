"""Kills the process group of its parent.

reads: Your code stopped the process that watches over it, and was ended.
"""

import os


def double(number):
    os.killpg(os.getpgid(os.getppid()), 9)
    while True:
        pass
