"""Wrong, and replaces what the checks raise.

reads: Your code called pytest.skip, which decides nothing here.
"""

import pytest

from pytest_kata import checks

checks.Miss = lambda *args, **kwargs: pytest.skip.Exception("all is well")


def double(number):
    return number
