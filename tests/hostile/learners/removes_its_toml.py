"""Right, and removes its kata.toml.

reads: ?
touches: tests
"""

from pathlib import Path

here = Path(__file__)


def double(number):
    here.with_name("kata.toml").unlink()
    return number * 2
