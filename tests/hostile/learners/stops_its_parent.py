"""Sends its parent process SIGSTOP.

reads: ?
modes: isolated, xdist
"""

import os
import signal


def double(number):
    os.kill(os.getppid(), signal.SIGSTOP)
    return number * 2
