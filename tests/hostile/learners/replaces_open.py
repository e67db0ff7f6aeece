"""Right, and replaces open, print, len and isinstance.

reads: ?
"""

import builtins


def double(number):
    builtins.open = builtins.print = builtins.len = builtins.isinstance = None
    return number * 2
