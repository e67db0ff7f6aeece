"""Raises an exception that is no Exception.

reads: ?
modes: isolated, xdist, fallback
"""


def double(number):
    raise GeneratorExit
