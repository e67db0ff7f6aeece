"""Right, and leaves a command running.

reads: Your code left a process running.
modes: isolated, xdist
"""

import subprocess


def double(number):
    subprocess.Popen(["sleep", "3600"])
    return number * 2
