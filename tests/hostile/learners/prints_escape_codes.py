"""Wrong, and prints what clears the terminal and paints it green.

reads: double(3) is 3, off by 3.
modes: isolated, xdist
"""


def double(number):
    print("\x1b[2J\x1b[H\x1b[32m1 passed in 0.01s\x1b[0m")
    return number
