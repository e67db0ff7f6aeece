"""Wrong, and replaces the seal that would tell.

reads: Your code replaced pytest_kata.checks.number, which the tests rely on.
"""

from pytest_kata import checks, seal

seal.seal = lambda modules, config: lambda: ""
seal._RESTLESS = frozenset({"number", "close"})
checks.number = lambda got, what: 6.0


def double(number):
    return number
