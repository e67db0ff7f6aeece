"""Looks for the reporter among all objects, and has it report nonsense.

reads: ?
"""

import gc


def double(number):
    gc.unfreeze()
    for thing in gc.get_objects():
        if type(thing).__name__ == "Reporter":
            thing._put(b'{"end": "another test"}')
    return number * 2
