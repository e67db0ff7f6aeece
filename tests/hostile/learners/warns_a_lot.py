"""Wrong, and raises three thousand warnings, each with what steers a terminal.

reads: double(3) is 3, off by 3.
modes: isolated, xdist
"""

import warnings


def double(number):
    warnings.simplefilter("always")
    for count in range(3000):
        warnings.warn(f"\x1b[2J{count}", stacklevel=2)
    return number
