"""Ends its process with status 0 while it is imported.

reads: Your code ended its process with exit status 0, before the test was over.
modes: isolated, xdist
"""

import os

os._exit(0)
