"""How long learner code may run: the kata's seconds times how busy this machine is.

The machine factor is measured only when a test has used up its plain limit, so that it costs
nothing where it is not needed and speaks of the machine as it is at that moment.
"""

from __future__ import annotations

import signal
import threading
import time
import types
from collections.abc import Sequence
from functools import lru_cache

import pytest

# What the loop below took on an idle machine of the kind that the limits were set on.
REFERENCE_SECONDS = 0.050
_ROUNDS = 1_150_000

# The soft stop inside the child gets this long to speak before the hard stop from outside.
GRACE_SECONDS = 1.0
# Code that swallows the soft stop is stopped again this often.
_AGAIN_SECONDS = 0.25

OVERTIME = pytest.StashKey[str]()


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


def can_interrupt() -> bool:
    """Whether a soft stop can be set here: it needs SIGALRM and the main thread."""
    return hasattr(signal, "SIGALRM") and threading.current_thread() is threading.main_thread()


def set_timer(item: pytest.Item, seconds: float, own: Sequence[str]) -> None:
    """Stop the test `item` with pytest.fail when its limit is used up.

    Fires again and again while code of the files `own` is running, because code can swallow what
    is raised; a test that went on after the first stop is marked in its stash.
    """
    clock, start = time.perf_counter, time.perf_counter()
    timer, real = signal.setitimer, signal.ITIMER_REAL

    def stop(number: int, frame: types.FrameType | None) -> None:
        __tracebackhide__ = True
        from pytest_timeout import is_debugging

        if is_debugging():
            return
        used, factor = clock() - start, machine_factor()
        if used < seconds * factor:
            timer(real, seconds * factor - used, _AGAIN_SECONDS)
            return
        first = OVERTIME not in item.stash
        if first:
            item.stash[OVERTIME] = words(seconds, factor, used)
        if first or _is_running(frame, own):
            pytest.fail(f"Timeout: {item.stash[OVERTIME]}")

    def cancel() -> None:
        timer(real, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    item.cancel_timeout = cancel  # type: ignore[attr-defined] # where pytest-timeout looks
    signal.signal(signal.SIGALRM, stop)
    timer(real, seconds, _AGAIN_SECONDS)


def _is_running(frame: types.FrameType | None, own: Sequence[str]) -> bool:
    while frame is not None:
        if frame.f_code.co_filename in own:
            return True
        frame = frame.f_back
    return False
