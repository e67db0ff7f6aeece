"""Calls sys.exit(0) while it is imported.

reads: sys_exits_at_import.py fails while it is imported: SystemExit: 0.
modes: isolated, xdist, fallback
"""

import sys

sys.exit(0)
