"""Calls pytest.skip.

reads: ?
modes: isolated, xdist, fallback
"""

import pytest


def double(number):
    pytest.skip("not today")
