"""Loops for ever.

reads: ?
modes: isolated, xdist, fallback
"""


def double(number):
    while True:
        pass
