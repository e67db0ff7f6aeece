"""Leaves a daemon behind, and kills the parent that would have found it.

reads: Your code stopped the process that watches over it, and was ended.
"""

import os
import signal
import time


def double(number):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for one in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(one, signal.SIG_IGN)
            os.chdir("/")
            os.closerange(0, 256)
            time.sleep(3600)
        os._exit(0)
    os.wait()
    os.kill(os.getppid(), 9)
    while True:
        pass
