"""What stands on the screen at the end of `pytest katas/`."""

from __future__ import annotations

import ast
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import RenderableType
from rich.text import Text

from pytest_kata.badges import Badge, badges, proven_at
from pytest_kata.journal import notices
from pytest_kata.practice import too_early
from pytest_kata.progress import KataProgress, current
from pytest_kata.recording import Recorder
from pytest_kata.render.rounds import header, news, rules
from pytest_kata.render.terminal import (
    Hanging,
    Look,
    all_solved,
    board,
    celebration,
    failure,
    indent,
    located,
    solved,
)
from pytest_kata.results import KataResult
from pytest_kata.rounds import Rounds, challenge_set, fold_rounds, now_playing
from pytest_kata.rounds import where as where_now
from pytest_kata.selection import Kit
from pytest_kata.workspace import first_task

# Of the mistakes that a kata's tests rule out, a screen names so many.
RULED_OUT = 6


class Detail(NamedTuple):
    """How much to say: `failure` in full here, or already told by pytest; `brief` under -q.

    `header` if the clock of a round is to be shown, which a watch does by itself.
    """

    failure: bool
    brief: bool
    header: bool = True


def draw(recorder: Recorder, kits: Sequence[Kit], look: Look, detail: Detail) -> list[str]:
    """The board, one failure or what was solved, and what comes next."""
    lines: list[RenderableType] = []
    in_order = sorted(recorder.results.values(), key=lambda result: result.place)
    for kit in kits:
        results = [r for r in in_order if r.workspace == kit.workspace]
        if any(result.label == "learner" for result in results):
            lines += _learner(recorder, kit, results, look, detail)
        else:
            lines += [_source_line(result, look) for result in results]
    for problem in dict.fromkeys(recorder.problems):
        lines += [Text(), Text(problem, "red")]
    return look.draw(lines).splitlines()


def _learner(
    recorder: Recorder, kit: Kit, results: Sequence[KataResult], look: Look, detail: Detail
) -> list[RenderableType]:
    states = recorder.standing(kit)
    workspace = kit.workspace
    rounds = fold_rounds(recorder.readings[workspace.home].events)
    lines: list[RenderableType] = []
    if workspace.home in recorder.challenged and not detail.brief:
        lines += [*rules(challenge_set(kit.catalog, "")), Text()]
    if detail.header:
        lines += header(kit.catalog, rounds, time.time(), look)
    if not detail.brief:
        touched = {kata.id for kata in kit.catalog if not workspace.is_untouched(kata)}
        lines += [*board(kit.catalog.tracks, states, touched, look)]

    failed = [r for r in results if r.outcome == "failed" and not r.idle]
    whole = [r for r in results if r.outcome == "passed" and r.selected == r.tests]
    fresh = [r for r in whole if r.newly_solved or len(results) == 1]
    for result in [] if detail.brief else fresh:
        explanation = workspace.explanation(result.kata)
        where = workspace.shown(explanation) if explanation.is_file() else ""
        ruled_out, more = _ruled_out(result)
        if workspace.is_untouched(result.kata):
            # It passes as shipped, and nobody has had a part in it.
            ruled_out, more, where = [], 0, workspace.shown(result.kata.file)
        lines += [Text(), *solved(result, ruled_out, more, where, look)]
    if not detail.brief:
        lines += [_partial(r) for r in results if r.outcome == "passed" and not r.after.solved]
    for badge in recorder.new_badges(kit):
        lines += [Text(), *celebration(badge, look)]

    if failed and detail.failure:
        lines += [Text(), *_failure(failed[0], look)]
        if len(failed) > 1 and not detail.brief:
            others = ", ".join(result.kata.id for result in failed[1:])
            lines += [Text(), Text(f"  also failing: {others}", "dim")]
    for told in recorder.news.get(workspace.home, []):
        said = news(told, kit.catalog, rounds, look)
        lines += [Text(), *said] if said else []
    proven = proven_at(recorder.readings[workspace.home].events)
    found = badges(kit.catalog, states, proven, rounds.challenges)
    lines += [Text(), *_next(kit, failed, states, rounds, found, look)]
    journal = recorder.journal(kit)
    notes = [*notices(recorder.readings[workspace.home])]
    if journal.problem:
        notes.append(journal.problem)
    lines += [Hanging("  note: ", note, "yellow") for note in notes]
    return lines


def _failure(result: KataResult, look: Look) -> list[RenderableType]:
    test = result.first_failure
    if test is None:
        return []
    place = ""
    if test.feedback is not None and test.feedback.path:
        place = result.workspace.shown(Path(test.feedback.path))
    return failure(result.kata, result, test, place, look)


def _next(
    kit: Kit,
    failed: Sequence[KataResult],
    states: Mapping[str, KataProgress],
    rounds: Rounds,
    found: Sequence[Badge],
    look: Look,
) -> list[RenderableType]:
    workspace = kit.workspace
    before = Text("Next: ", "bold")
    playing = now_playing(kit.catalog, rounds)
    if playing is not None and (not failed or failed[0].kata != playing):
        kata, line = playing, first_task(playing.file)
    elif failed:
        kata, test = failed[0].kata, failed[0].first_failure
        line = first_task(kata.file)
        if test is not None and test.feedback is not None and test.feedback.line:
            line = test.feedback.line
    else:
        here = current(kit.catalog, states)
        if here is None:
            return [all_solved(found)]
        kata = here
        line = first_task(kata.file)
    place = f"{workspace.shown(kata.file)}:{line}"
    text = located(before, place, "bold cyan")
    if playing is not None and rounds.challenge is not None:
        return [text]
    room = look.width - text.cell_len
    state = states.get(kata.id, KataProgress())
    # Without an id it is for the kata attempted last, which need not be the first that fails.
    hint = "kata hint" if kata == where_now(kit.catalog, states, rounds) else f"kata hint {kata.id}"
    nudge = f"({hint} for a nudge)"
    if failed and kata == failed[0].kata and not too_early(kata, state, rounds.open.get(kata.id)):
        nudge = f"({hint} for a nudge, kata solution {kata.id} for an answer)"
    if room < len(nudge) + 3:
        return [text, indent(nudge, "dim", by=6)]
    return [text.append(f"   {nudge}", "dim")]


def _partial(result: KataResult) -> RenderableType:
    """For tests that pass and are not all that their kata has."""
    folder = result.workspace.shown(result.kata.folder)
    words = f"{result.kata.id}: {result.passed} of {result.tests} tests ran, and pass"
    return indent(f"{words}; pytest {folder} runs all", "dim")


def _ruled_out(result: KataResult) -> tuple[list[str], int]:
    """First lines of some mistakes that the tests have just ruled out, and how many there are more.

    To read them all would take longer than to run most katas.
    """
    sources = result.workspace.sources(result.kata)
    mistakes = [source.file for source in sources if source.label.startswith("mistake:")]
    words = [line for line in map(_first_line, mistakes[:RULED_OUT]) if line]
    return words, len(mistakes) - len(words)


def _first_line(file: Path) -> str:
    try:
        return (ast.get_docstring(ast.parse(file.read_bytes())) or "").partition("\n")[0]
    except (OSError, SyntaxError, ValueError):
        return ""


def _source_line(result: KataResult, look: Look) -> Text:
    good = result.outcome == "passed"
    text = Text("  ")
    text.append(look.mark("✓", "+") if good else look.mark("✗", "x"), "green" if good else "red")
    text.append(f" {result.kata.id}  {result.label}  ")
    text.append(f"{result.passed} of {result.selected} tests pass", "dim")
    return text
