"""Puts a pipe in the place of its file, and ends its process.

reads: Your code ended its process with exit status 0, before the test was over.
touches: own
"""

import os
from pathlib import Path

here = Path(__file__)


def double(number):
    here.unlink()
    os.mkfifo(here)
    os._exit(0)
    return number * 2
