"""Keeps the machine so busy that it seems slow, and loops.

reads: Your code did not stop at its time limit and was ended
"""

import os


def double(number):
    for _ in range(12):
        if os.fork() == 0:
            break
    while True:
        pass
