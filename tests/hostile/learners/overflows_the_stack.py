"""Raises the recursion limit, and runs out of stack.

reads: Your code ended its process by SIGSEGV (a crash in native code, or a recursion without end).
reads from 3.12: raises RecursionError
"""

import sys

sys.setrecursionlimit(10**9)


class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "x")


def double(number):
    return Deep().x
