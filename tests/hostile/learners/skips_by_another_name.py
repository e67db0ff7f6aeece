"""Raises pytest's Skipped under another name.

reads: ?
modes: isolated, xdist, fallback
"""

import pytest


class Fine(pytest.skip.Exception):
    pass


def double(number):
    raise Fine("all is well")
