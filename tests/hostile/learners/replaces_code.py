"""Wrong, and replaces the code inside of a check's function.

reads: Your code replaced pytest_kata.checks.number, which the tests rely on.
"""

from pytest_kata import checks


def content(got, what):
    return 6.0


checks.number.__code__ = content.__code__


def double(number):
    return number
