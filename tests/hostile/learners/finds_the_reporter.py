"""Looks for the reporter among all objects, and has it report nonsense.

reads: Your code wrote into the channel that carries the verdict.
"""

import gc


def double(number):
    gc.unfreeze()
    for thing in gc.get_objects():
        if type(thing).__name__ == "Reporter":
            thing._put(b'{"end": "another test"}')
    return number * 2
