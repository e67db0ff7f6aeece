"""Loops for ever, and catches whatever is raised to end it.

reads: ?
modes: isolated, xdist
"""


def double(number):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
