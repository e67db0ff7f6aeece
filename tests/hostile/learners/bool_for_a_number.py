"""Hands back True for a number.

reads: ?
modes: isolated, xdist, fallback
"""


def double(number):
    return True
