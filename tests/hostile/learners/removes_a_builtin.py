"""Right, and removes a builtin.

reads: Your code replaced builtins.sorted, which the tests rely on.
"""

import builtins


def double(number):
    del builtins.sorted
    return number * 2
