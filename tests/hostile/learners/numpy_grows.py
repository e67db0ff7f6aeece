"""Fills memory with arrays.

reads: MemoryError
toy: tensor
"""

import numpy


def double(numbers):
    kept = []
    while True:
        kept.append(numpy.ones(1 << 22))
