"""Wrong, and replaces the builtin abs.

reads: Your code replaced builtins.abs, which the tests rely on.
"""

import builtins

builtins.abs = lambda number: 0.0


def double(number):
    return number
