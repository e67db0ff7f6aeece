"""Wrong, and gives the checks an abs of its own.

reads: Your code replaced pytest_kata.checks.abs, which the tests rely on.
"""

from pytest_kata import checks

checks.abs = lambda number: 0.0


def double(number):
    return number
