"""Has Python raise an error at whatever happens next.

reads: ?
"""

import sys


def refuse(event, values):
    raise RuntimeError(event)


def double(number):
    sys.addaudithook(refuse)
    return number * 2
