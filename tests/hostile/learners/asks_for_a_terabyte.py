"""Asks for a terabyte at once.

reads: ?
modes: isolated, xdist
"""


def double(number):
    return bytearray(10**12)
