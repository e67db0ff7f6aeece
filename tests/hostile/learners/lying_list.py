"""Hands back a list of its own that is equal to everything.

reads: ?
modes: isolated, xdist, fallback
toy: list
"""


class List(list):
    def __eq__(self, other):
        return True


def double(numbers):
    return List(numbers)
