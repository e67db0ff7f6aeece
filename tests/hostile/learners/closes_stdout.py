"""Wrong, and closes stdout.

reads: ValueError: I/O operation on closed file.
modes: isolated, xdist
"""

import sys


def double(number):
    sys.stdout.close()
    return number
