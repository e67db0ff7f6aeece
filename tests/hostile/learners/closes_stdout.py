"""Wrong, and closes stdout.

reads: ?
modes: isolated, xdist
"""

import sys


def double(number):
    sys.stdout.close()
    return number
