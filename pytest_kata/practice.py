"""What a learner may ask for besides a verdict. Both are logged: a medal depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pytest_kata.catalog import Kata, KitError
from pytest_kata.journal import Journal
from pytest_kata.progress import KataProgress
from pytest_kata.rounds import CHALLENGE, Round
from pytest_kata.workspace import Workspace


class Hint(NamedTuple):
    """One level of a kata's hints, as it is shown; `fits` if it is for what failed last."""

    level: int
    text: str
    new: bool
    fits: bool


def one_more_hint(
    journal: Journal, kata: Kata, state: KataProgress, playing: Round | None = None
) -> list[Hint]:
    """The hints for the task that failed last, one of them new if there is one left.

    Where no task failed, or a level has one text for all, they are for the whole kata. In a review
    they begin anew. Raises KitError in a challenge.
    """
    _refuse(playing, "hints")
    helped = playing or state
    # What a journal names may be no task any more.
    task = helped.failing if 0 < helped.failing <= kata.tasks else 0
    levels = range(1, len(kata.hints) + 1)
    new = next((n for n in levels if not _was_given(kata, helped.given, task, n)), 0)
    if new:
        journal.append(kata.id, "hint", level=new, task=task if _is_by_task(kata, new) else 0)
    shown = levels[:new] if new else levels
    return [Hint(n, _text(kata, task, n), n == new, _is_by_task(kata, n) and task > 0)
            for n in shown]  # fmt: skip


def _was_given(kata: Kata, given: Mapping[int, int], task: int, level: int) -> bool:
    """Whether the text of a level was shown, for this task, for all, or as the text of all."""
    if not _is_by_task(kata, level):
        return level <= max(given.values(), default=0)
    return level <= max(given.get(task, 0), given.get(0, 0))


def _is_by_task(kata: Kata, level: int) -> bool:
    return len(kata.hints[level - 1]) > 1


def _text(kata: Kata, task: int, level: int) -> str:
    texts = kata.hints[level - 1]
    return texts[task - 1] if task and _is_by_task(kata, level) else "\n\n".join(texts)


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
    if not (playing or state).solution_shown:
        journal.append(kata.id, "solution")
    return file


def too_early(kata: Kata, state: KataProgress, playing: Round | None = None) -> str:
    """What the solution costs, in one sentence, where it is early to ask; else "".

    It is offered when gold's attempts are spent, every level of hints was given, the kata is
    solved, or the solution was shown before.
    """
    if kata.passes_as_shipped or (playing is not None and playing.mode == CHALLENGE):
        # There is no medal to lose, or no solution to be had.
        return ""
    helped = playing or state
    spent = helped.attempts >= kata.attempts or helped.hints >= len(kata.hints)
    if spent or helped.solution_shown or helped.solved_at is not None:
        return ""
    many = f"{kata.attempts} attempt{'s' if kata.attempts != 1 else ''}"
    cost = "the kata counts as not remembered" if playing else "the medal is bronze"
    return (
        f"{kata.id}: the solution is offered after {many}, and you have made {helped.attempts}; "
        f"once you have seen it, {cost}."
    )


def _refuse(playing: Round | None, what: str) -> None:
    if playing is not None and playing.mode == CHALLENGE:
        raise KitError(f"there are no {what} in a challenge; they are back when it is over")
