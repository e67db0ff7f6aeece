"""Crashes in native code.

reads: ?
modes: isolated, xdist
"""

import ctypes


def double(number):
    ctypes.string_at(0)
