"""Sends itself the signal of Ctrl-C.

reads: ?
"""

import os
import signal


def double(number):
    os.kill(os.getpid(), signal.SIGINT)
