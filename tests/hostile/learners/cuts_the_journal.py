"""Right, and empties the journal.

reads: What the journal held was changed while your code ran.
touches: journal
"""

from pathlib import Path

here = Path(__file__)


def double(number):
    (here.parents[3] / ".kata" / "journal.jsonl").write_bytes(b"")
    return number * 2
