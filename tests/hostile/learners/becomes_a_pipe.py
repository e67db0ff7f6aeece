"""Right, and puts a pipe that nobody writes to in the place of its file.

reads: becomes_a_pipe.py was changed while its tests ran; run them again.
touches: own
"""

import os
from pathlib import Path

here = Path(__file__)


def double(number):
    here.unlink()
    os.mkfifo(here)
    return number * 2
