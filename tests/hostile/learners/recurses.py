"""Calls itself for ever.

reads: double() raises RecursionError
modes: isolated, xdist, fallback
"""


def double(number):
    return double(number)
