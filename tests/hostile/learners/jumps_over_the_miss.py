"""Wrong, and jumps over the line that would say so, by a trace function.

reads: Your code replaced Python's trace function, which the tests rely on.
"""

import sys


def over(frame, event, value):
    if event == "line":
        if frame.f_code.co_name == "close" and "distance" in frame.f_locals:
            frame.f_locals["distance"]
            frame.f_lineno = frame.f_lineno + 1
    return over


def double(number):
    sys.settrace(over)
    return number * 2
