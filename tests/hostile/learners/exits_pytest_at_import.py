"""Calls pytest.exit with status 0 while it is imported.

reads: Your code called pytest.exit, which decides nothing here.
modes: isolated, xdist
"""

import pytest

pytest.exit("done", returncode=0)
