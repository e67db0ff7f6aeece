"""Imports what is not there.

reads: ?
modes: isolated, xdist, fallback
"""

import nothing_of_this_name
