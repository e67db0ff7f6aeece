"""Right, and replaces os.write.

reads: ?
"""

import os


def double(number):
    os.write = lambda descriptor, content: len(content)
    return number * 2
