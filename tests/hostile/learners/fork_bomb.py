"""Forks for ever, and so do its forks.

reads: and was ended
modes: isolated, xdist
"""

import mmap
import os
import time

forks = mmap.mmap(-1, 2)


def double(number):
    while True:
        count = int.from_bytes(forks[:2], "little")
        if count > 2000:
            # For the sake of the machine, should nobody stop it.
            time.sleep(20)
            os._exit(0)
        forks[:2] = (count + 1).to_bytes(2, "little")
        os.fork()
