"""Right, and listens in on every call of the tests.

reads: Your code replaced Python's trace function, which the tests rely on.
"""

import sys


def double(number):
    sys.setprofile(lambda *args: None)
    return number * 2
