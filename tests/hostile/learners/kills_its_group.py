"""Kills its process group.

reads: Your code ended its process by SIGKILL (it was killed, by itself or for want of memory).
modes: isolated, xdist
"""

import os


def double(number):
    os.killpg(0, 9)
