"""Right the second time only if the current directory stayed changed.

reads: double(3) is 3, off by 3.
modes: isolated, xdist
toy: two
"""

import os


def double(number):
    if float(number) == 1:
        os.chdir("/")
        return number * 2
    return number * 2 if os.getcwd() == "/" else number
