"""Right, and rewrites its own file.

reads: rewrites_itself.py was changed while its tests ran; run them again.
touches: own
"""

from pathlib import Path

here = Path(__file__)


def double(number):
    here.write_text("def double(number):\n    return number * 2\n")
    return number * 2
