"""Starts two threads that wait for each other, and waits for them.

reads: Your code was still running at its time limit, in double()
"""

import threading

first, second = threading.Lock(), threading.Lock()
meet = threading.Barrier(2)


def take(one, other):
    with one:
        meet.wait()
        with other:
            pass


def double(number):
    pairs = [(first, second), (second, first)]
    threads = [threading.Thread(target=take, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
