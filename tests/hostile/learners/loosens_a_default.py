"""Wrong, and loosens the tolerance that a check has by default.

reads: Your code replaced pytest_kata.checks.close, which the tests rely on.
"""

from pytest_kata import checks

checks.close.__kwdefaults__["rtol"] = 1e9


def double(number):
    return number
