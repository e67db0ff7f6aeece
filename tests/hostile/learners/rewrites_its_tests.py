"""Right, and rewrites its tests.

reads: ?
touches: tests
"""

from pathlib import Path

here = Path(__file__)


def double(number):
    here.with_name("test_" + here.name).write_text("")
    return number * 2
