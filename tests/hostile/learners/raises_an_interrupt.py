"""Raises KeyboardInterrupt.

reads: double() raises KeyboardInterrupt.
modes: isolated, xdist
"""


def double(number):
    raise KeyboardInterrupt
