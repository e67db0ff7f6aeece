"""Wrong, and replaces what reports to pytest.

reads: ?
"""

from pytest_kata.child import Reporter

Reporter.pytest_runtest_logreport = lambda self, report: None


def double(number):
    return number
