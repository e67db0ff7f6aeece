"""Wrong, and puts another module in the place of the checks.

reads: Your code replaced sys.modules['pytest_kata.checks'], which the tests rely on.
"""

import sys
import types

fake = types.ModuleType("pytest_kata.checks")
fake.close = lambda *args, **kwargs: None
sys.modules["pytest_kata.checks"] = fake


def double(number):
    return number * 2
