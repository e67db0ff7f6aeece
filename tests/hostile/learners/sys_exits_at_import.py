"""Calls sys.exit(0) while it is imported.

reads: ?
modes: isolated, xdist, fallback
"""

import sys

sys.exit(0)
