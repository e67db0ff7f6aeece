"""Is not Python.

reads: no_python.py is not valid Python at line
modes: isolated, xdist, fallback
"""


def double(number:
    return
