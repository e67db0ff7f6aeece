"""Blocks every signal, and loops.

reads: Your code did not stop at its time limit and was ended
"""

import signal


def double(number):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        pass
