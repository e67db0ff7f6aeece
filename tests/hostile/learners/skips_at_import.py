"""Calls pytest.skip while it is imported.

reads: ?
modes: isolated, xdist, fallback
"""

import pytest

pytest.skip("not today", allow_module_level=True)
