"""Terminates its own process.

reads: ?
"""

import os


def double(number):
    os.kill(os.getpid(), 15)
