"""Wrong, and loosens the tolerance that a check has by default.

reads: ?
"""

from pytest_kata import checks

checks.close.__kwdefaults__["rtol"] = 1e9


def double(number):
    return number
