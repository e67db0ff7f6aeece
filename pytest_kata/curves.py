"""Loss curves: a learner's training run beside the reference's, and where the two part.

A pair of curves is made where a kata's test shows it (`checks.show_losses`). It travels as one
short text, in a test's report and in the journal, so that whoever reads it finds plain numbers or
nothing. It is drawn with characters here, and as a picture in `render/curves.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise, zip_longest
from typing import NamedTuple

from pytest_kata.lab.plot import BLOCKS

# Of a longer run, means over stretches of steps are kept.
POINTS = 60
ABOVE, BELOW, BROKEN, HERE = "▲", "▼", "×", "↑"
# What stands for these signs, and for the blocks from low to high, in plain ASCII.
ASCII = str.maketrans(BLOCKS + ABOVE + BELOW + BROKEN + HERE, "12345678^vx|")

_LONGEST = 2000
_LABELS = ("yours", "reference")
_MARGIN = max(map(len, _LABELS)) + 2
_FEWEST = 8
_PLAIN_WIDTH = 72


class Parting(NamedTuple):
    """The first step, from 1, at which two runs are apart, and their losses there.

    None is the loss of a run that has ended before.
    """

    step: int
    yours: float | None
    reference: float | None

    @property
    def words(self) -> str:
        if self.yours is None:
            return f"ends after step {self.step - 1}" if self.step > 1 else "has no losses"
        if not math.isfinite(self.yours):
            return f"{self.yours} at step {self.step}"
        if self.reference is None:
            return f"goes on after step {self.step - 1}"
        distance = self.yours - self.reference
        side = "above" if distance > 0 else "below"
        return f"parts at step {self.step}, {short(abs(distance))} {side}"


class Curves(NamedTuple):
    """The losses of two training runs on the same data.

    Each is as many numbers as its run had steps, or, where the longer run has more than POINTS,
    means over equal stretches of steps. Yours may hold what is not finite, and may be empty.
    """

    steps: int
    parting: Parting | None
    yours: tuple[float, ...]
    reference: tuple[float, ...]

    @property
    def points(self) -> int:
        return max(len(self.yours), len(self.reference))


def compared(yours: Sequence[float], reference: Sequence[float]) -> Curves:
    """Curves of the losses of every step. Raises ValueError for a reference that is no curve."""
    if not reference or not all(map(math.isfinite, reference)):
        raise ValueError("the losses of a reference are finite, and there is at least one")
    steps = max(len(yours), len(reference))
    count = min(steps, POINTS)
    means = [tuple(_means(values, steps, count)) for values in (yours, reference)]
    return Curves(steps, _parting(yours, reference), *means)


def _parting(yours: Sequence[float], reference: Sequence[float]) -> Parting | None:
    """Where the runs are apart by more than an eye passes over: a twentieth of the reference's
    range, and a hundredth of its highest loss."""
    seen = max((max(reference) - min(reference)) / 20, max(map(abs, reference)) / 100)
    for step, (mine, right) in enumerate(zip_longest(yours, reference), start=1):
        # NaN is not within any distance.
        if mine is None or right is None or not abs(mine - right) <= seen:
            return Parting(step, mine, right)
    return None


def _means(values: Sequence[float], total: int, count: int) -> list[float]:
    """Means over `count` equal stretches of `total` steps, as far as `values` go."""
    ends = [n * total // count for n in range(count + 1)]
    parts = [values[a:b] for a, b in pairwise(ends)]
    return [sum(part) / len(part) for part in parts if part]


def stretch(index: int, total: int, count: int) -> int:
    """Which of `_means`' stretches holds the step at `index`."""
    return ((index + 1) * count - 1) // total


# ------------------------------------------------------------------------- from a test, as text

# Learner code can reach it: what is taken out of it is read before it is believed.
_shown: list[str] = []


def show(curves: Curves) -> None:
    """Keep `curves` until the test that runs now is reported; the last ones count."""
    _shown[:] = [written(curves)]


def taken() -> str:
    """What has been kept since it was last asked for, as text; "" if there is nothing."""
    text = _shown[-1] if _shown else ""
    _shown.clear()
    return text if read(text) else ""


def written(curves: Curves) -> str:
    """steps;where they part;your losses;the reference's, numbers to three digits."""
    rows: list[Sequence[float | None]] = [
        curves.parting[1:] if curves.parting else (),
        curves.yours,
        curves.reference,
    ]
    parting, *losses = (" ".join(map(_number, row)) for row in rows)
    if curves.parting:
        parting = f"{curves.parting.step} {parting}"
    return ";".join((str(curves.steps), parting, *losses))


def read(text: object) -> Curves | None:
    """The inverse of `written`, to three digits; None for any other text."""
    if type(text) is not str or len(text) > _LONGEST:
        return None
    try:
        steps, parts, *losses = text.split(";")
        yours, reference = (tuple(map(float, row.split())) for row in losses)
        parting = None
        if parts:
            step, *both = parts.split()
            mine, right = (None if one == "-" else float(one) for one in both)
            parting = Parting(int(step), mine, right)
        curves = Curves(int(steps), parting, yours, reference)
    except ValueError:
        return None
    sound = (
        0 < curves.points <= min(POINTS, curves.steps)
        and reference
        and all(map(math.isfinite, reference))
        and (parting is None or 1 <= parting.step <= curves.steps)
    )
    return curves if sound else None


def _number(value: float | None) -> str:
    return "-" if value is None else short(value)


# ---------------------------------------------------------------------------------------- drawn


def limits(yours: Sequence[float], reference: Sequence[float]) -> tuple[float, float]:
    """The lowest and the highest loss that a picture shows.

    All there is, but no farther from the reference's losses than these are from one another: of a
    run that goes to a million, nothing else could be seen.
    """
    low, high = min(reference), max(reference)
    room = high - low or abs(high) or 1.0
    finite = [*filter(math.isfinite, yours), low, high]
    low, high = max(min(finite), low - room), min(max(finite), high + room)
    return (low, high) if high > low else (low - room / 2, high + room / 2)


def title(curves: Curves) -> str:
    steps = f"{curves.steps} steps" if curves.steps > 1 else "1 step"
    return f"A run of {steps}, your loss beside the reference's:"


def lines(curves: Curves, width: int) -> list[str]:
    """The two curves on one scale, and a mark at the step where they part.

    No line is longer than `width`, from about 40 on; numbers too long for that are left out. A
    block is a loss from low ▁ to high █; what is above the scale is ▲, below it ▼, and what is not
    finite ×.
    """
    low, high = limits(curves.yours, curves.reference)
    both = (curves.yours, curves.reference)
    ends = [extent(losses, high) for losses in both]
    room = width - _MARGIN - 2 - max(map(len, ends))
    if room < min(curves.points, _FEWEST):
        room, ends = width - _MARGIN, ["", ""]
    count = min(curves.points, room)
    drawn = []
    for label, losses, end in zip(_LABELS, both, ends, strict=True):
        blocks = _blocks(_means(losses, curves.points, count), low, high)
        drawn.append(f"{label:<{_MARGIN}}{blocks}  {end}".rstrip())
    if curves.parting is not None:
        point = stretch(curves.parting.step - 1, curves.steps, curves.points)
        at = _MARGIN + stretch(point, curves.points, count)
        drawn += _marked(at, curves.parting.words, width)
    return drawn


def plain(curves: Curves) -> list[str]:
    """The picture in ASCII, below an empty line, if the two part; else nothing."""
    if curves.parting is None:
        return []
    return ["", title(curves), *(line.translate(ASCII) for line in lines(curves, _PLAIN_WIDTH))]


def extent(losses: Sequence[float], high: float) -> str:
    """Words for where a curve begins and ends, and how far above the scale it goes between."""
    if not losses:
        return "no losses"
    first, last = losses[0], losses[-1]
    most = max(filter(math.isfinite, losses), default=high)
    further = most > high and most not in (first, last)
    return f"{short(first)} to {short(last)}" + (f", up to {short(most)}" if further else "")


def short(value: float) -> str:
    return f"{value:.3g}"


def _blocks(losses: Sequence[float], low: float, high: float) -> str:
    return "".join(_block(loss, low, high) for loss in losses)


def _block(loss: float, low: float, high: float) -> str:
    if not math.isfinite(loss):
        return BROKEN
    if loss > high:
        return ABOVE
    if loss < low:
        return BELOW
    return BLOCKS[round((loss - low) / (high - low) * (len(BLOCKS) - 1))]


def _marked(at: int, words: str, width: int) -> list[str]:
    """A mark at the column `at`, and `words` on the side where there is room."""
    if at + 2 + len(words) <= width:
        return [f"{'':<{at}}{HERE} {words}"]
    if len(words) < at:
        return [f"{words:>{at - 1}} {HERE}"]
    return [f"{'':<{at}}{HERE}", words]
