"""Raises an error that never comes to the end of what it says.

reads: ?
"""


class Odd(Exception):
    def __str__(self):
        while True:
            pass


def double(number):
    raise Odd
