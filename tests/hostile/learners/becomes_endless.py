"""Ends its process with /dev/zero in the place of its file.

reads: Your code ended its process with exit status 0, before the test was over.
touches: own
"""

import os
from pathlib import Path

here = Path(__file__)


def double(number):
    here.unlink()
    here.symlink_to("/dev/zero")
    os._exit(0)
    return number * 2
