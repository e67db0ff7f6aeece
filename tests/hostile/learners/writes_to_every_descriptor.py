"""Right, and writes into every descriptor that is open.

reads: Your code wrote into the channel that carries the verdict.
modes: isolated, xdist
"""

import os


def double(number):
    for descriptor in range(3, 256):
        try:
            os.write(descriptor, b'{"end": 1}\n')
        except OSError:
            pass
    return number * 2
