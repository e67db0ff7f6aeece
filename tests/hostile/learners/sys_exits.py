"""Calls sys.exit(0).

reads: ?
modes: isolated, xdist, fallback
"""

import sys


def double(number):
    sys.exit(0)
