"""Hands back a str of its own that is equal to everything.

reads: double('ab') is a Text, expected a str.
modes: isolated, xdist, fallback
toy: text
"""


class Text(str):
    def __eq__(self, other):
        return True


def double(text):
    return Text(text)
