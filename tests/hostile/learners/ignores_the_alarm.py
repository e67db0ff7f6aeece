"""Ignores the signal of the time limit, and loops.

reads: Your code did not stop at its time limit and was ended
"""

import signal


def double(number):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True:
        pass
