"""Reference solution: compare the first epoch with the last; walk up until it breaks."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from statistics import fmean

from torch import nn


def is_stable(losses: list[float], window: int) -> bool:
    """Whether a training run with these losses was stable."""
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and max(losses) <= 2 * losses[0]


def largest_stable_rate(
    model: nn.Module,
    rates: list[float],
    train: Callable[[nn.Module, float], list[float]],
    window: int,
) -> float | None:
    """The last stable rate before the first that is not; None if there is none."""
    best = None
    for rate in sorted(rates):
        if not is_stable(train(copy.deepcopy(model), rate), window):
            break
        best = rate
    return best
