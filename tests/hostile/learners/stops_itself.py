"""Sends itself SIGSTOP.

reads: Your code did not stop at its time limit and was ended
"""

import os
import signal


def double(number):
    os.kill(os.getpid(), signal.SIGSTOP)
