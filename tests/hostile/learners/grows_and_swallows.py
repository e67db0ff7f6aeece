"""Fills memory, and goes on when there is none.

reads: Your code was still running at its time limit, in double()
"""


def double(number):
    kept = []
    while True:
        try:
            kept.append(bytearray(1 << 20))
        except MemoryError:
            pass
