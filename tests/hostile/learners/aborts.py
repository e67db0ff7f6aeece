"""Calls abort.

reads: ?
"""

import os


def double(number):
    os.abort()
