"""Takes no argument.

reads: ?
modes: isolated, xdist, fallback
"""


def double():
    return 6
