"""Raises unittest's SkipTest.

reads: Your code called pytest.skip, which decides nothing here.
modes: isolated, xdist, fallback
"""

import unittest


def double(number):
    raise unittest.SkipTest("not today")
