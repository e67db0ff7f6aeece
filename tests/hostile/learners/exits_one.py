"""Ends its process with status 1.

reads: Your code ended its process with exit status 1, before the test was over.
"""

import os


def double(number):
    os._exit(1)
