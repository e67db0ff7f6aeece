"""Hands back a list in a list in a list, a million deep.

reads: 1 entry, expected 2.
toy: list
"""


def double(numbers):
    deep = []
    for _ in range(10**6):
        deep = [deep]
    return deep
