"""Wrong, and writes a green summary into every descriptor.

reads: Your code wrote into the channel that carries the verdict.
modes: isolated, xdist
"""

import os


def double(number):
    for descriptor in range(3, 256):
        try:
            os.write(descriptor, b"\n==== 99 passed in 0.01s ====\n")
        except OSError:
            pass
    return number
