"""Wrong, and replaces what the check relies on.

reads: ?
modes: isolated, xdist
"""

from pytest_kata import checks

checks.number = lambda got, what: 6.0


def double(number):
    return number
