"""Raises an error that claims to be of the class of pytest.xfail.

reads: ?
modes: isolated, xdist, fallback
"""

import pytest


class Fine(Exception):
    __class__ = pytest.xfail.Exception
    msg = "all is well"


def double(number):
    raise Fine
