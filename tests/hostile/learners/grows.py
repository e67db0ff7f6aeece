"""Fills memory with bytes.

reads: double() raises MemoryError.
modes: isolated, xdist
"""


def double(number):
    kept = []
    while True:
        kept.append(bytearray(1 << 20))
