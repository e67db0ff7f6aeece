"""Raises the tests' own exception with words of praise.

reads: All is well.
modes: isolated, xdist, fallback
"""

from pytest_kata.checks import Miss


def double(number):
    raise Miss("value", "all is well")
