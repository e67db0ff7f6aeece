"""Calls pytest.exit with status 0.

reads: ?
modes: isolated, xdist
"""

import pytest


def double(number):
    pytest.exit("done", returncode=0)
