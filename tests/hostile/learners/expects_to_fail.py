"""Calls pytest.xfail.

reads: ?
modes: isolated, xdist, fallback
"""

import pytest


def double(number):
    pytest.xfail("I knew")
