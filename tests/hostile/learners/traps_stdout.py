"""Wrong, and replaces stdout by something that never comes back.

reads: double(3) is 3, off by 3.
"""

import sys


class Trap:
    def flush(self):
        while True:
            pass

    write = flush


def double(number):
    sys.stdout = Trap()
    return number
