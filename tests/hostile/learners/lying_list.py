"""Hands back a list of its own that is equal to everything.

reads: double([1, 2]) is a List, expected a list.
modes: isolated, xdist, fallback
toy: list
"""


class List(list):
    def __eq__(self, other):
        return True


def double(numbers):
    return List(numbers)
