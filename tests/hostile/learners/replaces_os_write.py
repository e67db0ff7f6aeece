"""Right, and replaces os.write.

reads: Your code replaced os.write, which the tests rely on.
"""

import os


def double(number):
    os.write = lambda descriptor, content: len(content)
    return number * 2
