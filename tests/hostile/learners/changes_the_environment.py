"""Right the second time only if an environment variable stayed set.

reads: double(3) is 3, off by 3.
modes: isolated, xdist
toy: two
"""

import os


def double(number):
    if float(number) == 1:
        os.environ["TWICE"] = "yes"
        return number * 2
    return number * 2 if "TWICE" in os.environ else number
