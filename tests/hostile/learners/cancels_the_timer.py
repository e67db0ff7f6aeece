"""Switches the timer of the limit off, and loops.

reads: ?
"""

import signal


def double(number):
    signal.setitimer(signal.ITIMER_REAL, 0)
    while True:
        pass
