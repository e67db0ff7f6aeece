"""Puts a pipe in the place of its file, and ends its process.

reads: ?
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
