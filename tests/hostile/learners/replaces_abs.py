"""Wrong, and replaces the builtin abs.

reads: ?
"""

import builtins

builtins.abs = lambda number: 0.0


def double(number):
    return number
