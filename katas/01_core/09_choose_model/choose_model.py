"""Choose a model by a fair comparison.

A tool is to tell praise from blame in reviews, and 32 reviews have labels. Fine-tune what: a
linear model, a random forest, a clustering, a pretrained transformer? Whoever chooses by
reputation, or by the score on the test set, finds out from customers.

WRITE
    choose(scores, costs)
        scores   a dict of name to validation score, a float; higher is better. NaN or an
                 infinity means that the candidate has failed.
        costs    a dict of name to cost, a float, for the same names; lower is cheaper. No two
                 costs are equal.
        returns  the name with the highest finite score; of equal scores, the cheapest one's.
                 None if there is no finite score, or no score at all.

    compare(candidates, costs, draws, validation, test, score)
        candidates  a dict of name to make; make() returns a new, untrained model, and
                    model.fit(examples) trains it in place, once, and returns nothing.
        costs       as above.
        draws       a list, not empty, of lists of examples to learn from. On one draw of few
                    labels, luck decides; so every candidate gets a new model for every draw,
                    fitted on that draw and on nothing else, and its score is the mean.
        validation  a list of examples to choose by.
        test        a list of examples that no choice may depend on.
        score       score(model, examples) returns a float. A model is scored once on
                    `validation`. Only when the choice is made, the chosen candidate's models,
                    and no others, are scored once on `test`, as they are.
        returns     a tuple of three: the name chosen, by `choose`; a dict of name to mean
                    validation score, of every candidate; and the mean test score of the chosen
                    candidate's models. If the score of a draw is not finite, the mean is not.
                    If there is nothing to choose, the first and the last are None.

    The arguments are left as they are.

EXAMPLE
    choose({"a": 0.6, "b": 0.7, "c": 0.7}, {"a": 1.0, "b": 9.0, "c": 3.0}) is "c".
    On two draws "a" gets 0.5 and 0.7 of `validation` right, "b" 0.75 and 0.25: the scores are
    0.6 and 0.5, "a" is chosen. Its two models get 0.5 and 0.6 on `test`; 0.55 is reported.

The last test lets your comparison decide between four real models. Out of scope: whether a
difference is significant, hyperparameters, candidates that raise.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import fmean
from typing import Any


def choose(scores: dict[str, float], costs: dict[str, float]) -> str | None:
    """The name with the highest finite score, the cheapest of equals; None if there is none."""
    raise NotImplementedError  # TODO: two or three lines


def compare(
    candidates: dict[str, Callable[[], Any]],
    costs: dict[str, float],
    draws: list[list[Any]],
    validation: list[Any],
    test: list[Any],
    score: Callable[[Any, list[Any]], float],
) -> tuple[str | None, dict[str, float], float | None]:
    """The name chosen, every candidate's mean validation score, the chosen one's on the test."""
    raise NotImplementedError  # TODO: about seven lines
