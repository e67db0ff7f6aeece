"""Find the largest learning rate that is still stable.

A higher rate gets there faster, up to an edge. Beyond it training does not converge faster but
not at all: the loss jumps about, rises, becomes NaN, and the pretrained weights are wrecked
after a handful of steps. A range test finds the edge before the real run pays for it.

WRITE
    is_stable(losses, window)
        losses   a list of floats: the training loss of every step, in order.
        window   an int, at least 1: the number of batches in an epoch, so that the first and
                 the last `window` losses speak of the same batches.
        returns  True or False. Let start be the mean of the first `window` losses and end the
                 mean of the last `window`. A history is stable if all of this holds:
                   - it has at least 2 * window losses; fewer, or none, prove nothing
                   - every loss is finite: no NaN, no inf, no -inf
                   - end <= start. Flat is stable: too low a rate is slow, not unstable
                   - no loss is above twice the very first, which was taken before any step
                 Nothing else matters; in between the losses may go up and down.

    largest_stable_rate(model, rates, train, window)
        model    an nn.Module. It is left as it came: only deep copies of it are trained.
        rates    a list of positive floats, in any order; may be empty.
        train    train(copy, rate) trains the module it is given in place, always on the same
                 batches, and returns its losses.
        returns  Try the rates from the smallest to the largest, each on a fresh copy of
                 `model`. Stop at the first that is not stable: larger ones are not even tried,
                 for one that looks stable beyond the edge is luck. Return the last stable rate
                 before that, or None if there is none.

EXAMPLE
    window=2. [2.0, 1.6, 1.9, 1.2, 1.5, 1.0] has start 1.8, end 1.25 and no loss above 4.0:
    stable. [1.0, 1.2, 1.1, 1.3, 1.2, 1.4] rises from 1.1 to 1.3: not stable, though finite.
    If 0.1 and 0.3 are stable and 1.0 is not, the answer for rates=[1.0, 0.1, 3.0, 0.3] is 0.3.

The last test uses your answer on the kit's pretrained model, and looks at what a rate ten
times as high has done to it. Out of scope: schedules, and losses below 0.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from statistics import fmean

from torch import nn


def is_stable(losses: list[float], window: int) -> bool:
    """Whether a training run with these losses was stable."""
    raise NotImplementedError  # TODO: about four lines


def largest_stable_rate(
    model: nn.Module,
    rates: list[float],
    train: Callable[[nn.Module, float], list[float]],
    window: int,
) -> float | None:
    """The last stable rate before the first that is not; None if there is none."""
    raise NotImplementedError  # TODO: about six lines
