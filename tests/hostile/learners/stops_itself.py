"""Sends itself SIGSTOP.

reads: ?
"""

import os
import signal


def double(number):
    os.kill(os.getpid(), signal.SIGSTOP)
