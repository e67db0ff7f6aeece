"""Right, and leaves a process behind that has cut every tie and ignores signals.

reads: Your code left a process running.
modes: isolated, xdist
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
    return number * 2
