"""Wrong, and has Python end with status 0.

reads: double(3) is 3, off by 3.
"""

import atexit
import os

atexit.register(os._exit, 0)


def double(number):
    return number
