"""Catches whatever is raised to end it, while it is imported.

reads: Your code did not stop at its time limit and was ended
"""

while True:
    try:
        while True:
            pass
    except BaseException:
        pass
