"""Raises an error that claims to be of the class of pytest.xfail.

reads: The test cannot use what your code handed back
modes: isolated, xdist
"""

import pytest


class Fine(Exception):
    __class__ = pytest.xfail.Exception
    msg = "all is well"


def double(number):
    raise Fine
