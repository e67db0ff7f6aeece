"""Finds the secret of the channel, and says that the test has only begun.

reads: Your code wrote into the channel that carries the verdict.
"""

import json
import os
import sys


def found(name):
    """What a frame below this call knows as `name`."""
    frame = sys._getframe()
    while frame is not None:
        if name in frame.f_locals:
            return frame.f_locals[name]
        frame = frame.f_back
    raise LookupError(name)


def send(message):
    line = found("secret") + json.dumps(message).encode() + b"\n"
    os.write(found("pipe"), line)


def double(number):
    while True:
        send({"begin": found("items")[0].nodeid})
