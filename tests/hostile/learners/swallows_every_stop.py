"""Loops for ever, and catches whatever is raised to end it.

reads: Your code did not stop at its time limit and was ended
modes: isolated, xdist
"""


def double(number):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
