"""Fills memory with bytes.

reads: ?
modes: isolated, xdist
"""


def double(number):
    kept = []
    while True:
        kept.append(bytearray(1 << 20))
