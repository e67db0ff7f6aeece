"""Right, and puts a pipe that nobody reads in the place of the journal.

reads: ?
modes: swapped
touches: journal
"""

import os
from pathlib import Path

here = Path(__file__)


def double(number):
    journal = here.parents[3] / ".kata" / "journal.jsonl"
    journal.unlink()
    os.mkfifo(journal)
    return number * 2
