"""Matches a regular expression that never comes to its end.

reads: at its time limit
"""

import re


def double(number):
    return re.match(r"(a+)+$", "a" * 60 + "b")
