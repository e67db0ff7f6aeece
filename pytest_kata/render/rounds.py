"""Clocks and scores: the headers of a challenge, a review and a dojo, and how they end."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from pytest_kata.catalog import Catalog, Kata
from pytest_kata.dates import duration, until
from pytest_kata.dojo import Seats
from pytest_kata.memory import Memory
from pytest_kata.render.terminal import Hanging, Look, bar, indent
from pytest_kata.replay import News
from pytest_kata.rounds import (
    CHALLENGE,
    ENDS,
    SOLVED,
    Challenge,
    Round,
    Rounds,
    challenge_set,
    now_playing,
)

# A clock this close to its end is shown in red.
HURRY_SECONDS = 30.0


def header(catalog: Catalog, rounds: Rounds, now: float, look: Look) -> list[RenderableType]:
    """A line for the round that is being played; nothing if none is."""
    kata = now_playing(catalog, rounds)
    if kata is None:
        return []
    one = rounds.open[kata.id]
    if one.mode != CHALLENGE or rounds.challenge is None:
        text = Text.assemble(("review", "bold magenta"), f"  {kata.id}  ")
        return [text.append(f"{duration(now - one.opened_at)} so far", "dim")]
    katas = challenge_set(catalog, rounds.challenge.wanted)
    left, attempts = one.remaining(kata, now), max(0, kata.attempts - one.attempts)
    place = len(rounds.challenge.rounds)
    text = Text(f"{place} of {len(katas)}  {kata.id}  ")
    text.append(f"{duration(left)} remaining", "bold red" if left < HURRY_SECONDS else "bold")
    text.append(f"  attempts: {attempts} left  solved: {rounds.challenge.solved}")
    return [Hanging(Text("challenge  ", "bold magenta"), text)]


def seats(found: Seats, look: Look) -> list[RenderableType]:
    """The header of a dojo."""
    text = Text.assemble(("dojo", "bold magenta"), "  driver ", (found.driver, "bold"))
    text.append(f"  navigator {found.navigator}  next {found.next}  ")
    text.append(
        duration(found.remaining), "bold red" if found.remaining < HURRY_SECONDS else "bold"
    )
    text.append("  x changes", "dim")
    lines: list[RenderableType] = [text]
    if found.fresh:
        lines.append(Text(f"Change seats: {found.driver} drives.", "bold yellow"))
    return lines


def rules(katas: Sequence[Kata]) -> list[RenderableType]:
    """What a challenge is, before its clock starts."""
    wide = max(len(kata.id) for kata in katas)
    lines: list[RenderableType] = [Text("A challenge", "bold")]
    for kata in katas:
        attempts = f"{kata.attempts} attempt{'s' if kata.attempts != 1 else ''}"
        lines.append(Text(f"  {kata.id:<{wide}}  {duration(kata.clock or 0)}  {attempts}"))
    lines += [
        Text(),
        *map(
            indent,
            (
                "Each kata on a fresh copy, in this order. A run of changed code is an attempt.",
                "A kata ends when it is solved, its attempts are spent or its time is up, and the "
                "clock of the next one starts. It runs on while you are away.",
                "No hints, no solutions. Your earlier work is put away and comes back afterwards; "
                "where there is none, what you write stays.",
                "kata challenge --stop ends it.",
            ),
        ),
    ]
    return lines


def news(told: News, catalog: Catalog, rounds: Rounds, look: Look) -> list[RenderableType]:
    """What has ended and what has begun since the last look."""
    lines: list[RenderableType] = []
    for one in told.closed:
        good = one.outcome == SOLVED
        mark = look.mark("  ✓ ", "  + ") if good else look.mark("  ✗ ", "  x ")
        text = Text.assemble((f"{one.kata}  ", "bold"))
        text.append(_solved_in(one, rounds) if good else ENDS.get(one.outcome, one.outcome))
        text.append("; your earlier work is back" if one.restored else "", "dim")
        lines.append(Hanging(Text(mark, "green" if good else "red"), text))
    if told.opened is not None:
        kata = catalog.find(told.opened.kata)
        text = Text.assemble((kata.id, "bold"), f"  {duration(kata.clock or 0)}, ")
        many = f"{kata.attempts} attempt{'s' if kata.attempts != 1 else ''}"
        lines.append(Hanging("  Now: ", text.append(f"{many}. The clock runs.")))
    if told.ended is not None:
        lines += score(told.ended, challenge_set(catalog, told.ended.wanted), look)
    return lines


def _solved_in(one: Round, rounds: Rounds) -> str:
    seconds, best = one.seconds or 0.0, rounds.best(one.kata)
    if best is not None and best < seconds:
        return f"solved in {duration(seconds)}, your best is {duration(best)}"
    return f"solved in {duration(seconds)}, your best time"


def score(challenge: Challenge, katas: Sequence[Kata], look: Look) -> list[RenderableType]:
    """The end of a challenge."""
    text = Text("  Challenge over: ", "bold")
    text.append_text(bar(challenge.solved, 0, len(katas), 10, look))
    text.append(f"  {challenge.solved} of {len(katas)} solved")
    lines: list[RenderableType] = [text]
    if challenge.solved == len(katas):
        lines.append(Text("  Challenge won: all of them, each within its clock.", "bold yellow"))
    return lines


def nothing_due(solved: Sequence[Memory], now: float) -> list[RenderableType]:
    """Why there is nothing to review, and when there will be."""
    if not solved:
        return [Text("Nothing is solved yet, so there is nothing to review.")]
    first = min(solved, key=lambda memory: memory.due or 0.0)
    return [
        Text(f"Nothing is due; {first.kata.id} will be {until(first.due or 0.0, now)}."),
        Text("kata review ID or kata review --random brings one back all the same.", "dim"),
    ]
