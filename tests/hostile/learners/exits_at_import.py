"""Ends its process with status 0 while it is imported.

reads: ?
modes: isolated, xdist
"""

import os

os._exit(0)
