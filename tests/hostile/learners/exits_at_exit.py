"""Wrong, and has Python end with status 0.

reads: ?
"""

import atexit
import os

atexit.register(os._exit, 0)


def double(number):
    return number
