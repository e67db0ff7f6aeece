"""Raises an error whose message clears the terminal and paints it green.

reads: double() raises ValueError:
modes: isolated, xdist, fallback
"""


def double(number):
    raise ValueError("\x1b[2J\x1b[H\x1b[32m1 passed in 0.01s\x1b[0m")
