"""Right, and removes the journal.

reads: What the journal held was changed while your code ran.
touches: journal
"""

from pathlib import Path

here = Path(__file__)


def double(number):
    (here.parents[3] / ".kata" / "journal.jsonl").unlink()
    return number * 2
