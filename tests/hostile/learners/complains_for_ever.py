"""Prints to stderr for ever.

reads: File too large
"""

import sys


def double(number):
    while True:
        print("x" * 1000, file=sys.stderr)
