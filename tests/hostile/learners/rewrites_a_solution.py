"""Right, and rewrites a solution.

reads: was changed while your code ran, and is not for it to change.
touches: solutions
"""

from pathlib import Path

here = Path(__file__)


def double(number):
    for file in here.parents[3].glob("solutions/*/*/*.py"):
        file.write_text("")
        break
    return number * 2
