"""Loops for ever while it is imported.

reads: Your code was still running at its time limit, while it was imported
modes: isolated, xdist
"""

while True:
    pass
