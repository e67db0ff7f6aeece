"""Hands back an object that claims to be of class float.

reads: double(3) is a Claim, expected a number.
modes: isolated, xdist, fallback
"""


class Claim:
    __class__ = float

    def __float__(self):
        return 6.0


def double(number):
    return Claim()
