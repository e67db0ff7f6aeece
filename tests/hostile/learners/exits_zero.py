"""Ends its process with status 0, which looks like success.

reads: ?
modes: isolated, xdist
"""

import os


def double(number):
    os._exit(0)
