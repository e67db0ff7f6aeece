"""Raises an exception that is no Exception.

reads: double() raises GeneratorExit.
modes: isolated, xdist, fallback
"""


def double(number):
    raise GeneratorExit
