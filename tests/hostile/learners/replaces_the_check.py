"""Wrong, and replaces the check by one that is always content.

reads: Your code replaced pytest_kata.checks.close, which the tests rely on.
modes: isolated, xdist
toy: two
"""

from pytest_kata import checks

checks.close = lambda *args, **kwargs: None


def double(number):
    return number * 2 if number == 1 else 0
