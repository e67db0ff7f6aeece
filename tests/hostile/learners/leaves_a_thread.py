"""Right, and leaves a thread behind that Python would wait for.

reads: Your code left a thread running that Python would wait for.
modes: isolated, xdist
"""

import threading
import time


def double(number):
    threading.Thread(target=time.sleep, args=(3600,)).start()
    return number * 2
