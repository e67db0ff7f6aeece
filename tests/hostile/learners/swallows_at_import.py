"""Catches whatever is raised to end it, while it is imported.

reads: ?
"""

while True:
    try:
        while True:
            pass
    except BaseException:
        pass
