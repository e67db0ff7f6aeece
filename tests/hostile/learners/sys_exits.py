"""Calls sys.exit(0).

reads: double() raises SystemExit: 0.
modes: isolated, xdist, fallback
"""

import sys


def double(number):
    sys.exit(0)
