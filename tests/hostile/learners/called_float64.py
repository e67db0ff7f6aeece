"""Hands back an object whose class is called numpy.float64.

reads: double(3) is a float64, expected a number.
modes: isolated, xdist, fallback
"""


class float64:
    def item(self):
        return 6.0


float64.__module__ = "numpy"


def double(number):
    return float64()
