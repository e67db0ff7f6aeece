"""Calls abort.

reads: Your code ended its process by SIGABRT (a crash in native code).
"""

import os


def double(number):
    os.abort()
