"""Wrong, and replaces pytest's own call of the tests.

reads: Your code replaced _pytest.python.Function.runtest, which the tests rely on.
toy: two
"""

from _pytest.python import Function

Function.runtest = lambda self: None


def double(number):
    return number * 2 if number == 1 else 0
