"""Wrong, and replaces stdout by something that cannot be written to.

reads: ?
"""

import sys


def double(number):
    sys.stdout = sys.stderr = sys.__stdout__ = None
    return number
