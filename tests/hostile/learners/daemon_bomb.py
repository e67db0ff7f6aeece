"""Forks for ever, each time out of the reach of its parent.

reads: and was ended
"""

import os
import time


def double(number):
    for _ in range(2000):
        if os.fork() == 0:
            os.setsid()
            if os.fork() != 0:
                os._exit(0)
            time.sleep(20)
            os._exit(0)
        os.wait()
