"""Catches the stop at its limit, and then hands back the right answer.

reads: Your code went on after its time limit
modes: isolated, xdist, fallback
"""


def double(number):
    try:
        while True:
            pass
    except BaseException:
        return number * 2
