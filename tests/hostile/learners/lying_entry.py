"""Hands back a list with an entry that is equal to everything.

reads: double([1, 2]) is [1, 2], wrong at [0].
modes: isolated, xdist, fallback
toy: list
"""


class Same(int):
    def __eq__(self, other):
        return True


def double(numbers):
    return [Same(one) for one in numbers]
