"""Right, and removes its kata.toml.

reads: was changed while your code ran, and is not for it to change.
touches: tests
"""

from pathlib import Path

here = Path(__file__)


def double(number):
    here.with_name("kata.toml").unlink()
    return number * 2
