"""Is not Python.

reads: ?
modes: isolated, xdist, fallback
"""


def double(number:
    return
