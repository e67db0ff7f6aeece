"""Right, and puts a pipe that nobody reads in the place of the journal.

reads: What the journal held was changed while your code ran.
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
