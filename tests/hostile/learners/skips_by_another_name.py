"""Raises pytest's Skipped under another name.

reads: double() raises Fine: all is well.
modes: isolated, xdist, fallback
"""

import pytest


class Fine(pytest.skip.Exception):
    pass


def double(number):
    raise Fine("all is well")
