"""Makes every clock stand still, and loops.

reads: Your code was still running at its time limit, in double()
"""

import time


def double(number):
    time.perf_counter = time.monotonic = time.time = lambda: 0.0
    while True:
        pass
