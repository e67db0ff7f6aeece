"""How long learner code may run: the kata's seconds times how busy this machine is.

The machine factor is measured only when a test has used up its plain limit, so that it costs
nothing where it is not needed and speaks of the machine as it is at that moment.
"""

from __future__ import annotations

import time
from functools import lru_cache

# What the loop below took on an idle machine of the kind that the limits were set on.
REFERENCE_SECONDS = 0.050
_ROUNDS = 1_150_000


@lru_cache(maxsize=1)
def machine_factor() -> float:
    """How many times slower than the reference this machine is now; never below 1.

    Measured at the first call, and the same for the rest of the process.
    """
    start = time.perf_counter()
    total = 0
    for number in range(_ROUNDS):
        total += number
    return max(1.0, (time.perf_counter() - start) / REFERENCE_SECONDS)


def words(seconds: float, factor: float, used: float) -> str:
    """The limit in words: "limit 2 s", or with the factor where it counts."""
    if factor < 1.1:
        return f"limit {seconds:g} s; your code ran {used:.1f} s"
    return (
        f"limit {seconds:g} s \N{MULTIPLICATION SIGN} {factor:.1f}, this machine is busy; "
        f"your code ran {used:.1f} s"
    )
