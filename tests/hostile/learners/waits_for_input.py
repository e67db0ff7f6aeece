"""Waits for somebody to type.

reads: double() raises OSError
modes: isolated, xdist, fallback
"""


def double(number):
    return float(input())
