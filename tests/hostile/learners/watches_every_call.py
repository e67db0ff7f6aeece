"""Right, and listens in on every call of the tests.

reads: ?
"""

import sys


def double(number):
    sys.setprofile(lambda *args: None)
    return number * 2
