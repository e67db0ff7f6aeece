"""Switches the timer of the limit off, and loops.

reads: Your code did not stop at its time limit and was ended
"""

import signal


def double(number):
    signal.setitimer(signal.ITIMER_REAL, 0)
    while True:
        pass
