"""Calls pytest.exit with status 0 while it is imported.

reads: ?
modes: isolated, xdist
"""

import pytest

pytest.exit("done", returncode=0)
