"""The screen of `kata strength`: what is remembered, what it comes from, what to practise next."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from pytest_kata.catalog import Catalog, Kata
from pytest_kata.dates import ago, until
from pytest_kata.memory import SHAKY, STRONG, STRONG_FROM, WEAK
from pytest_kata.render.terminal import Look, bar, indent
from pytest_kata.rows import ConceptRow
from pytest_kata.workspace import Workspace

STYLES = {WEAK: "bold red", SHAKY: "yellow", STRONG: "green"}
# So many things to practise next; who has done them asks again.
_NEXT = 3


def strength(
    rows: Sequence[ConceptRow], catalog: Catalog, workspace: Workspace, now: float, look: Look
) -> list[RenderableType]:
    """Every concept that was practised, the weakest first; the others in one paragraph."""
    known = [row for row in rows if row["solved"] or row["attempts"]]
    fresh = [row["concept"] for row in rows if not (row["solved"] or row["attempts"])]
    counts = [f"{sum(row['strength'] == word for row in known)} {word}" for word in STYLES]
    if fresh:
        counts.append(f"{len(fresh)} not started")
    lines: list[RenderableType] = [Text(f"Concepts: {', '.join(counts)}", "bold")]
    for row in known:
        lines += [Text(), _head(row, look), indent(comes_from(row, now), "dim", by=10)]
    if fresh:
        lines += [Text(), Text("Not started, and weak until they are solved:", "dim")]
        lines.append(indent(", ".join(fresh), "dim"))
    return [*lines, Text(), *_next(rows, catalog, workspace, now)]


def _head(row: ConceptRow, look: Look) -> Text:
    text = Text("  ")
    text.append(f"{row['strength']:<8}", STYLES[row["strength"]])
    percent = int(100 * row["recall"])
    text.append_text(bar(percent, 0, 100, 10, look))
    text.append(f" {percent:>3}%  ")
    text.append(row["concept"], "bold")
    return text


def comes_from(row: ConceptRow, now: float) -> str:
    """The facts behind the strength, in one line or two."""
    facts = [count(row["attempts"], "attempt")]
    if row["hints"]:
        facts.append(count(row["hints"], "hint"))
    if row["solutions"]:
        facts.append("solution shown")
    if row["rounds"]:
        facts.append(count(row["rounds"], "round"))
    if row["solved"] < len(row["katas"]):
        total = len(row["katas"])
        facts.append("not solved yet" if total == 1 else f"{row['solved']} of {total} solved")
    if row["last_at"] is not None:
        facts.append(f"last {ago(row['last_at'], now)}")
    if row["due"] is not None:
        facts.append(f"due {until(row['due'], now)}")
    if row["strength"] == SHAKY and row["recall"] >= STRONG_FROM:
        # Fresh in mind, and not by one's own strength yet.
        facts.append("one good round makes it strong")
    return ", ".join(facts)


def count(number: int, word: str) -> str:
    """1 hint, 2 hints."""
    return f"{number} {word}{'s' if number != 1 else ''}"


def _next(
    rows: Sequence[ConceptRow], catalog: Catalog, workspace: Workspace, now: float
) -> list[RenderableType]:
    """What to practise next, the weakest first, each with its command."""
    katas = {kata.id: kata for kata in catalog}
    waiting = [row for row in rows if _is_waiting(row, now)]
    if not waiting:
        due = min((row["due"] for row in rows if row["due"] is not None), default=None)
        said = "Nothing needs practice now."
        if due is not None:
            said += f" Next review {until(due, now)}."
        return [Text(said)]
    lines: list[RenderableType] = [Text("Practise next:", "bold")]
    lines += [indent(_command(row, katas[row["practise"]], workspace)) for row in waiting[:_NEXT]]
    return lines


def _is_waiting(row: ConceptRow, now: float) -> bool:
    """Whether it is due, or not solved yet; what is shaky and not due is left to rest."""
    return row["solved"] < len(row["katas"]) or (row["due"] is not None and row["due"] <= now)


def _command(row: ConceptRow, kata: Kata, workspace: Workspace) -> Text:
    if row["solved"] < len(row["katas"]):
        return Text(f"pytest {workspace.shown(kata.folder)}", "cyan")
    return Text(f"kata review {kata.id}", "cyan")
