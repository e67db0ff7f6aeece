"""Calls pytest.importorskip for a module that is not there.

reads: Your code called pytest.skip, which decides nothing here.
modes: isolated, xdist, fallback
"""

import pytest

nothing = pytest.importorskip("nothing_of_this_name")
