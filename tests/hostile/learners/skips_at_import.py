"""Calls pytest.skip while it is imported.

reads: Your code called pytest.skip, which decides nothing here.
modes: isolated, xdist, fallback
"""

import pytest

pytest.skip("not today", allow_module_level=True)
