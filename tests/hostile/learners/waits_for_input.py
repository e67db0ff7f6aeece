"""Waits for somebody to type.

reads: ?
modes: isolated, xdist, fallback
"""


def double(number):
    return float(input())
