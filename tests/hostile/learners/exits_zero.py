"""Ends its process with status 0, which looks like success.

reads: Your code ended its process with exit status 0, before the test was over.
modes: isolated, xdist
"""

import os


def double(number):
    os._exit(0)
