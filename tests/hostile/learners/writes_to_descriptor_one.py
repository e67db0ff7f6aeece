"""Writes to file descriptor 1 for ever, whatever happens.

reads: at its time limit
"""

import os


def double(number):
    while True:
        try:
            os.write(1, b"x" * 100000)
        except OSError:
            pass
