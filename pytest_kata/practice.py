"""What a learner may ask for besides a verdict. Both are logged: a medal depends on them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pytest_kata.catalog import Kata, KitError
from pytest_kata.journal import Journal
from pytest_kata.progress import KataProgress
from pytest_kata.rounds import CHALLENGE, Round
from pytest_kata.workspace import Workspace


class Hints(NamedTuple):
    """The first `level` hints of a kata; `new` if the last of them was not given before."""

    level: int
    new: bool


def one_more_hint(
    journal: Journal, kata: Kata, state: KataProgress, playing: Round | None = None
) -> Hints:
    """The next hint; in a review they begin anew. Raises KitError in a challenge."""
    _refuse(playing, "hints")
    given = playing.hints if playing else state.hints
    level = min(given + 1, len(kata.hints))
    if level > given:
        journal.append(kata.id, "hint", level=level)
    return Hints(level, level > given)


def open_solution(
    journal: Journal,
    workspace: Workspace,
    kata: Kata,
    state: KataProgress,
    playing: Round | None = None,
) -> Path:
    """The file with the reference solution. Raises KitError if there is none, or in a challenge."""
    _refuse(playing, "solutions")
    file = workspace.source(kata, "solution").file
    if not (playing.shown if playing else state.solution_shown):
        journal.append(kata.id, "solution")
    return file


def _refuse(playing: Round | None, what: str) -> None:
    if playing is not None and playing.mode == CHALLENGE:
        raise KitError(f"there are no {what} in a challenge", command="kata challenge --stop")
