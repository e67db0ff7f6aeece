"""Right, and removes a builtin.

reads: ?
"""

import builtins


def double(number):
    del builtins.sorted
    return number * 2
