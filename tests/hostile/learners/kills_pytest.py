"""Kills the pytest process itself.

reads: nothing: pytest is gone, with a status that is not 0; the run counts as interrupted
modes: killed
"""

import os
from pathlib import Path


def double(number):
    above = Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()[1]
    os.kill(int(above), 9)
    while True:
        pass
