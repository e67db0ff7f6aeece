"""Makes the file that its output is captured in a terabyte long.

reads: Your code ended its process with exit status 0, before the test was over.
"""

import os
import resource


def double(number):
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    os.ftruncate(1, 1 << 40)
    os._exit(0)
