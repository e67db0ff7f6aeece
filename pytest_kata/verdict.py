"""From a test and what became of it to the words that its report carries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pytest_kata.feedback import Feedback, around, explain
from pytest_kata.selection import BOUND
from pytest_kata.subject import Subject
from pytest_kata.workspace import read_regular


def own_files(item: pytest.Item) -> list[str]:
    """The files of the source that `item` tests."""
    bound = item.stash[BOUND]
    return [str(file) for file in bound.workspace.source(bound.kata, bound.label).files]


def of_error(item: pytest.Item, error: BaseException) -> Feedback:
    """Words for an exception that ended a test."""
    subject = (getattr(item, "funcargs", None) or {}).get("kata")
    called = subject._place() if isinstance(subject, Subject) else None
    return explain(error, own_files(item), called, lines_of)


def of_death(
    item: pytest.Item, why: str, stack: Sequence[tuple[str, int]], rung: str = "raised"
) -> Feedback:
    """Words for a test whose process did not live to tell; `stack` is where it was, last first."""
    own = own_files(item)
    place = next(((path, line) for path, line in stack if path in own), (own[0], 0))
    return Feedback(rung, why, path=place[0], line=place[1],
                    code=around(place[1], lines_of(place[0])))  # fmt: skip


def lines_of(path: str) -> list[str]:
    try:
        return read_regular(Path(path)).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
