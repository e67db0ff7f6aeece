"""Sends itself the signal of Ctrl-C.

reads: Your code ended its process by SIGINT.
"""

import os
import signal


def double(number):
    os.kill(os.getpid(), signal.SIGINT)
