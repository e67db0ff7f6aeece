"""Calls pytest.fail.

reads: ?
modes: isolated, xdist, fallback
"""

import pytest


def double(number):
    pytest.fail("Timeout: no")
