"""Right, and leaves a fork of itself running.

reads: Your code left a process running.
"""

import os
import time


def double(number):
    if os.fork() == 0:
        time.sleep(3600)
    return number * 2
