"""Calls pytest.xfail.

reads: Your code called pytest.xfail, which decides nothing here.
modes: isolated, xdist, fallback
"""

import pytest


def double(number):
    pytest.xfail("I knew")
