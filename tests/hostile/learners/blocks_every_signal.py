"""Blocks every signal, and loops.

reads: ?
"""

import signal


def double(number):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        pass
