"""Loops for ever.

reads: Your code was still running at its time limit, in double()
modes: isolated, xdist, fallback
"""


def double(number):
    while True:
        pass
