"""What a learner may ask for besides a verdict. Both are logged: a medal depends on them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pytest_kata.catalog import Kata
from pytest_kata.journal import Journal
from pytest_kata.progress import KataProgress
from pytest_kata.workspace import Workspace


class Hints(NamedTuple):
    """The first `level` hints of a kata; `new` if the last of them was not given before."""

    level: int
    new: bool


def one_more_hint(journal: Journal, kata: Kata, state: KataProgress) -> Hints:
    level = min(state.hints + 1, len(kata.hints))
    if level > state.hints:
        journal.append(kata.id, "hint", level=level)
    return Hints(level, level > state.hints)


def open_solution(journal: Journal, workspace: Workspace, kata: Kata, state: KataProgress) -> Path:
    """The file with the reference solution. Raises KitError if there is none."""
    file = workspace.source(kata, "solution").file
    if not state.solution_shown:
        journal.append(kata.id, "solution")
    return file
