"""Prints for ever.

reads: ?
modes: isolated, xdist
"""


def double(number):
    while True:
        print("x" * 1000)
