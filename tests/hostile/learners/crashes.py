"""Crashes in native code.

reads: Your code ended its process by SIGSEGV (a crash in native code, or a recursion without end).
modes: isolated, xdist
"""

import ctypes


def double(number):
    ctypes.string_at(0)
