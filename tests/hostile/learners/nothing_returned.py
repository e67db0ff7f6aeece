"""Hands back None.

reads: ?
modes: isolated, xdist, fallback
"""


def double(number):
    number * 2
