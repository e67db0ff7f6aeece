"""Hands back a dict with a key that passes itself off as text.

reads: double(table) is {'a': 2}, without 'a'.
modes: isolated, xdist, fallback
toy: dict
"""


class Same:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash("a")

    def __repr__(self):
        return repr("a")


Same.__name__ = "str"


def double(table):
    return {Same(): 2}
