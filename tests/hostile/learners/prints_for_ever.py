"""Prints for ever.

reads: File too large
modes: isolated, xdist
"""


def double(number):
    while True:
        print("x" * 1000)
