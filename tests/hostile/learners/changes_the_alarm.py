"""Right the second time only if its own handler of the time limit stayed.

reads: double(3) is 3, off by 3.
modes: isolated, xdist
toy: two
"""

import signal


def double(number):
    if float(number) == 1:
        signal.signal(signal.SIGALRM, len)
        return number * 2
    return number * 2 if signal.getsignal(signal.SIGALRM) is len else number
