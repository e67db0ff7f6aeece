"""Raises unittest's SkipTest.

reads: ?
modes: isolated, xdist, fallback
"""

import unittest


def double(number):
    raise unittest.SkipTest("not today")
