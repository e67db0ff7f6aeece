"""Asks for a terabyte at once.

reads: double() raises MemoryError.
modes: isolated, xdist
"""


def double(number):
    return bytearray(10**12)
