"""Raises an error that raises another when asked what it says.

reads: double() raises Odd.
modes: isolated, xdist, fallback
"""


class Odd(Exception):
    def __str__(self):
        raise self


def double(number):
    raise Odd
