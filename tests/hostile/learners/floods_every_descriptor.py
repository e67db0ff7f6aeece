"""Writes into every descriptor for ever, without a line's end.

reads: Your code wrote into the channel that carries the verdict.
"""

import os
import stat


def double(number):
    pipes = [one for one in range(3, 64) if is_pipe(one)]
    while True:
        for one in pipes:
            os.write(one, b"x" * 65536)


def is_pipe(descriptor):
    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except OSError:
        return False
