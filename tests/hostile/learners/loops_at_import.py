"""Loops for ever while it is imported.

reads: ?
modes: isolated, xdist
"""

while True:
    pass
