"""Reference solution: fit all alike, choose by validation, look at the test set once."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import fmean
from typing import Any


def choose(scores: dict[str, float], costs: dict[str, float]) -> str | None:
    """The name with the highest finite score, the cheapest of equals; None if there is none."""
    finite = [name for name in scores if math.isfinite(scores[name])]
    return min(finite, key=lambda name: (-scores[name], costs[name]), default=None)


def compare(
    candidates: dict[str, Callable[[], Any]],
    costs: dict[str, float],
    draws: list[list[Any]],
    validation: list[Any],
    test: list[Any],
    score: Callable[[Any, list[Any]], float],
) -> tuple[str | None, dict[str, float], float | None]:
    """The name chosen, every candidate's mean validation score, the chosen one's on the test."""
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws, strict=True):
            model.fit(draw)
    scores = {name: fmean(score(m, validation) for m in own) for name, own in models.items()}
    best = choose(scores, costs)
    return best, scores, None if best is None else fmean(score(m, test) for m in models[best])
