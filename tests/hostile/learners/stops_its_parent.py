"""Sends its parent process SIGSTOP.

reads: Your code stopped the process that watches over it, and was ended.
modes: isolated, xdist
"""

import os
import signal


def double(number):
    os.kill(os.getppid(), signal.SIGSTOP)
    return number * 2
