"""Wrong, and writes what is no event into the journal.

reads: double(3) is 3, off by 3.
touches: journal
"""

from pathlib import Path

here = Path(__file__)


def double(number):
    with open(here.parents[3] / ".kata" / "journal.jsonl", "ab") as file:
        file.write(b"{torn\n\x00\xff")
    return number
