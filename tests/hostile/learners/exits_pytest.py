"""Calls pytest.exit with status 0.

reads: Your code called pytest.exit, which decides nothing here.
modes: isolated, xdist
"""

import pytest


def double(number):
    pytest.exit("done", returncode=0)
