"""Waits for a lock that it holds itself.

reads: Your code was still running at its time limit, in double()
modes: isolated, xdist, fallback
"""

import threading


def double(number):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
