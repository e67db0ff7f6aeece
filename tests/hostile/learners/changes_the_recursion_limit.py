"""Right the second time only if its recursion limit stayed.

reads: double(3) is 3, off by 3.
modes: isolated, xdist
toy: two
"""

import sys


def double(number):
    if float(number) == 1:
        sys.setrecursionlimit(12345)
        return number * 2
    return number * 2 if sys.getrecursionlimit() == 12345 else number
