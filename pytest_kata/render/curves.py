"""Loss curves in the report: the learner's latest run of each kata beside the reference's."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby

from pytest_kata.curves import extent, limits, short, stretch
from pytest_kata.dates import day
from pytest_kata.render.svg import dated, plain
from pytest_kata.rows import LossRow

# Up to so many points, each is a dot as well.
_FEW = 12
_CROSS = "M-4 -4 4 4M4 -4 -4 4"


def figures(rows: Sequence[LossRow]) -> str:
    """A picture for each row, with words for who cannot see it; "" without any row."""
    if not rows:
        return ""
    return (
        '<p class="faint">The latest training run that each kata has shown, and a right run on '
        "the same data. Of long runs, each point is a mean over some steps.</p>\n"
        f"{_legend(rows)}"
        f'<ul class="losses">\n{"".join(map(_figure, rows))}</ul>\n'
    )


def _legend(rows: Iterable[LossRow]) -> str:
    keys = [
        (_sample("yours"), "your loss"),
        (_sample("reference"), "the reference's"),
    ]
    if any(row["parts_at"] for row in rows):
        line = '<line class="parting" x1="8" x2="8" y1="0" y2="16"/>'
        keys.append((f'<svg viewBox="0 0 16 16">{line}</svg>', "where they part"))
    if any(None in row["yours"] for row in rows):
        keys.append((f'<svg viewBox="-8 -8 16 16">{_cross()}</svg>', "not a number, or infinite"))
    spans = "".join(f"<span>{picture}{words}</span>" for picture, words in keys)
    return f'<p class="legend" aria-hidden="true">{spans}</p>\n'


def _sample(name: str) -> str:
    line = f'<polyline class="{name}" points="0,8 32,8"/>'
    return f'<svg class="long" viewBox="0 0 32 16">{line}</svg>'


def _figure(row: LossRow) -> str:
    yours = [math.nan if loss is None else loss for loss in row["yours"]]
    low, high = limits(yours, row["reference"])
    told = [
        f"yours {extent(yours, high)}",
        f"the reference {extent(row['reference'], high)}",
        row["parting"] or "the two go together",
    ]
    steps = f"{row['steps']} steps" if row["steps"] > 1 else "1 step"
    words = "; ".join(told)
    return (
        f'<li><div class="top"><strong>{plain(row["kata"])}</strong>'
        f'<span class="faint">{steps}, {dated(day(row["t"]))}</span></div>\n'
        f'<div class="plot"><p class="faint" aria-hidden="true"><span>{short(high)}</span>'
        f"<span>{short(low)}</span></p>"
        f'<svg role="img" aria-label="{plain(f"Losses of {steps}: {words}")}">'
        f"{_picture(row, low, high)}</svg>"
        f'<p class="steps faint" aria-hidden="true"><span>step 1</span>'
        f"<span>step {row['steps']}</span></p></div>\n"
        f"<p>{plain(words[0].upper() + words[1:])}.</p></li>\n"
    )


def _picture(row: LossRow, low: float, high: float) -> str:
    """The curves in a picture that is stretched, and marks on it that are not."""
    points = max(len(row["yours"]), len(row["reference"]))

    def across(index: int) -> float:
        return 100 * index / (points - 1) if points > 1 else 50.0

    def down(loss: float) -> float:
        # What leaves the picture is cut off there; a browser need not know how far it goes.
        return min(200.0, max(-100.0, 100 * (high - loss) / (high - low)))

    lines, marks = [], []
    if row["parts_at"]:
        x = across(min(points - 1, stretch(row["parts_at"] - 1, row["steps"], points)))
        marks.append(f'<line class="parting" x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="100%"/>')
    both: tuple[tuple[str, Sequence[float | None]], ...] = (
        ("yours", row["yours"]),
        # Above it: through the gaps of its line, yours can be seen where the two go together.
        ("reference", row["reference"]),
    )
    for name, losses in both:
        spots = [(across(n), None if loss is None else down(loss)) for n, loss in enumerate(losses)]
        for drawn, part in groupby(spots, key=lambda spot: spot[1] is not None):
            if drawn:
                path = " ".join(f"{x:.2f},{y:.1f}" for x, y in part)
                lines.append(f'<polyline class="{name}" points="{path}"/>')
        for x, y in spots:
            if y is None:
                marks.append(_placed(x, 0, _cross()))
            elif points <= _FEW and 0 <= y <= 100:
                marks.append(_placed(x, y, f'<circle class="{name}" r="3"/>'))
    return (
        '<svg viewBox="0 0 100 100" width="100%" height="100%" preserveAspectRatio="none">'
        f"{''.join(lines)}</svg>{''.join(marks)}"
    )


def _placed(x: float, y: float, mark: str) -> str:
    return f'<svg x="{x:.2f}%" y="{y:.1f}%" overflow="visible">{mark}</svg>'


def _cross() -> str:
    return f'<path class="bad" d="{_CROSS}"/>'
