"""Wrong, and goes on in two processes.

reads: double(3) is 9, off by 3.
modes: isolated, xdist
"""

import os


def double(number):
    os.fork()
    return number * 3
