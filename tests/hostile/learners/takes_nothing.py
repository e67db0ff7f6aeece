"""Takes no argument.

reads: does not fit its signature
modes: isolated, xdist, fallback
"""


def double():
    return 6
