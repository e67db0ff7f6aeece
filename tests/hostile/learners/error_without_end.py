"""Raises an error that never comes to the end of what it says.

reads: Your code did not stop at its time limit and was ended
"""


class Odd(Exception):
    def __str__(self):
        while True:
            pass


def double(number):
    raise Odd
