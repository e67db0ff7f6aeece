"""Sleeps for an hour.

reads: ?
"""

import time


def double(number):
    time.sleep(3600)
