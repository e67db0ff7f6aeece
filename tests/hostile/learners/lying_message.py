"""Raises an error whose message contains whatever is looked for.

reads: double(None) raises Odd, but its message lacks 'none'; it says: no.
modes: isolated, xdist, fallback
toy: raises
"""


class Everything(str):
    def lower(self):
        return self

    def __contains__(self, word):
        return True


class Odd(ValueError):
    def __str__(self):
        return Everything("no")


def double(number):
    raise Odd
