"""Hands back None.

reads: double(3) is None.
modes: isolated, xdist, fallback
"""


def double(number):
    number * 2
