"""Stays in a C function that never lets go of the interpreter.

reads: ?
modes: isolated, xdist
"""


def double(number):
    return sum(range(10**12))
