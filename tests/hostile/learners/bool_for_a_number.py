"""Hands back True for a number.

reads: double(3) is a bool, expected a number.
modes: isolated, xdist, fallback
"""


def double(number):
    return True
