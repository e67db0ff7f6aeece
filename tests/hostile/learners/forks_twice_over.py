"""Wrong, and goes on in two processes.

reads: ?
modes: isolated, xdist
"""

import os


def double(number):
    os.fork()
    return number * 3
