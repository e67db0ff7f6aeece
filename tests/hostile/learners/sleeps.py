"""Sleeps for an hour.

reads: Your code was still running at its time limit, in double()
"""

import time


def double(number):
    time.sleep(3600)
