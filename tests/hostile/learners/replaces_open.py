"""Right, and replaces open, print, len and isinstance.

reads: Your code replaced builtins.isinstance, which the tests rely on.
"""

import builtins


def double(number):
    builtins.open = builtins.print = builtins.len = builtins.isinstance = None
    return number * 2
