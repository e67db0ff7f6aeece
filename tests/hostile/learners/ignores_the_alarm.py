"""Ignores the signal of the time limit, and loops.

reads: ?
"""

import signal


def double(number):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True:
        pass
