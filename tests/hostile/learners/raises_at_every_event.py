"""Has Python raise an error at whatever happens next.

reads: Your code broke what runs the tests, in its own process.
"""

import sys


def refuse(event, values):
    raise RuntimeError(event)


def double(number):
    sys.addaudithook(refuse)
    return number * 2
