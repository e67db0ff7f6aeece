"""Right, and empties the journal.

reads: ?
touches: journal
"""

from pathlib import Path

here = Path(__file__)


def double(number):
    (here.parents[3] / ".kata" / "journal.jsonl").write_bytes(b"")
    return number * 2
