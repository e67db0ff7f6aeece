"""Skips, and replaces what makes a skip a failure.

reads: Your code replaced pytest_kata.session.KataSession._fail, which the tests rely on.
"""

import pytest

from pytest_kata.session import KataSession

KataSession._fail = lambda self, report, told: None


def double(number):
    pytest.skip("not today")
