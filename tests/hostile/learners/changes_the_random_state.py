"""Right the second time only if the random state stayed as it left it.

reads: double(3) is 3, off by 3.
modes: isolated, xdist
toy: two
"""

import random


def double(number):
    if float(number) == 1:
        random.seed(12345)
        return number * 2
    return number * 2 if random.random() == random.Random(12345).random() else number
