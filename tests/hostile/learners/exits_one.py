"""Ends its process with status 1.

reads: ?
"""

import os


def double(number):
    os._exit(1)
