"""Terminates its own process.

reads: Your code ended its process by SIGTERM.
"""

import os


def double(number):
    os.kill(os.getpid(), 15)
