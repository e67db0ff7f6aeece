"""Raises KeyboardInterrupt.

reads: ?
modes: isolated, xdist
"""


def double(number):
    raise KeyboardInterrupt
