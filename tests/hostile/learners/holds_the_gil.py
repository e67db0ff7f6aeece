"""Stays in a C function that never lets go of the interpreter.

reads: Your code did not stop at its time limit and was ended
modes: isolated, xdist
"""


def double(number):
    return sum(range(10**12))
