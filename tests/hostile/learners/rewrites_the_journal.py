"""Right, and rewrites the end of the journal.

reads: What the journal held was changed while your code ran.
touches: journal
"""

from pathlib import Path

here = Path(__file__)


def double(number):
    with open(here.parents[3] / ".kata" / "journal.jsonl", "r+b") as file:
        file.seek(-20, 2)
        file.write(b"x" * 20)
    return number * 2
