"""Calls pytest.skip.

reads: Your code called pytest.skip, which decides nothing here.
modes: isolated, xdist, fallback
"""

import pytest


def double(number):
    pytest.skip("not today")
