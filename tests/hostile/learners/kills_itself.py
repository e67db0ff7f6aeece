"""Kills its own process.

reads: Your code ended its process by SIGKILL (it was killed, by itself or for want of memory).
modes: isolated, xdist
"""

import os


def double(number):
    os.kill(os.getpid(), 9)
