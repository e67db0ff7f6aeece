"""Makes every clock stand still, and loops.

reads: ?
"""

import time


def double(number):
    time.perf_counter = time.monotonic = time.time = lambda: 0.0
    while True:
        pass
