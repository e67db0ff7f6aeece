"""Wrong, and replaces what reports to pytest.

reads: double(3) is 3, off by 3.
"""

from pytest_kata.child import Reporter

Reporter.pytest_runtest_logreport = lambda self, report: None


def double(number):
    return number
