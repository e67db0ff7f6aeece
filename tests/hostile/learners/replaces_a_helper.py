"""Wrong, and replaces what the check relies on.

reads: Your code replaced pytest_kata.checks.number, which the tests rely on.
modes: isolated, xdist
"""

from pytest_kata import checks

checks.number = lambda got, what: 6.0


def double(number):
    return number
