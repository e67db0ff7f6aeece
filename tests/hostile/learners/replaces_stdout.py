"""Wrong, and replaces stdout by something that cannot be written to.

reads: double(3) is 3, off by 3.
"""

import sys


def double(number):
    sys.stdout = sys.stderr = sys.__stdout__ = None
    return number
