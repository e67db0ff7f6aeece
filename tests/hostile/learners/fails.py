"""Calls pytest.fail.

reads: Your code called pytest.fail, which decides nothing here.
modes: isolated, xdist, fallback
"""

import pytest


def double(number):
    pytest.fail("no")
