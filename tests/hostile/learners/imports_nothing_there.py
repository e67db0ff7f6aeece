"""Imports what is not there.

reads: fails while it is imported: ModuleNotFoundError
modes: isolated, xdist, fallback
"""

import nothing_of_this_name
