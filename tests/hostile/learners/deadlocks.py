"""Waits for a lock that it holds itself.

reads: ?
modes: isolated, xdist, fallback
"""

import threading


def double(number):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
