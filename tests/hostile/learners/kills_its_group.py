"""Kills its process group.

reads: ?
modes: isolated, xdist
"""

import os


def double(number):
    os.killpg(0, 9)
