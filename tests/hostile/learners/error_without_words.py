"""Raises an error that raises another when asked what it says.

reads: ?
modes: isolated, xdist, fallback
"""


class Odd(Exception):
    def __str__(self):
        raise self


def double(number):
    raise Odd
