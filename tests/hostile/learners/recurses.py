"""Calls itself for ever.

reads: ?
modes: isolated, xdist, fallback
"""


def double(number):
    return double(number)
