"""Skips, and replaces what makes a skip a failure.

reads: Your code replaced pytest_kata.plugin.KataPlugin._fail, which the tests rely on.
"""

import pytest

from pytest_kata.plugin import KataPlugin

KataPlugin._fail = lambda self, report, told: None


def double(number):
    pytest.skip("not today")
