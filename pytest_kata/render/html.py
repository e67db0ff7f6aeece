"""The report: one HTML page that needs nothing else, drawn from the table.

Whatever a learner, a journal or a kata calls itself goes through `plain`; names that people chose
stand in `<bdi>`, so that their direction does not turn the line around.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log2

from pytest_kata import __version__
from pytest_kata.dates import day, duration, minute
from pytest_kata.journal import DEFAULT_LEARNER
from pytest_kata.render import curves
from pytest_kata.render.strength import comes_from, count
from pytest_kata.render.style import STYLE
from pytest_kata.render.svg import MARK, dated, medallion, plain, state
from pytest_kata.rounds import ENDS
from pytest_kata.rows import (
    GONE,
    AttemptRow,
    BadgeRow,
    ChallengeRow,
    ConceptRow,
    KataRow,
    RoundRow,
    Table,
)

# No attempt was made before: an older moment comes from a clock that was not set.
_BEFORE_THE_KIT = 1.7e9
# The marks of a kata's line in the timeline, at most.
_COLUMNS = 40
# Rows of a table of rounds; a page is for people.
_MOST_ROWS = 100


def page(table: Table) -> str:
    """The whole report."""
    name = table["learner"]
    named = "" if name == DEFAULT_LEARNER else f" of <bdi>{plain(name)}</bdi>"
    title = "Katas" if name == DEFAULT_LEARNER else f"Katas of {name}"
    sections = (
        _section("badges", "Badges", _badges(table["badges"])),
        _section("strength", "Strength", _strength(table["concepts"], table["made"])),
        _section("timeline", "Timeline", _timeline(table)),
        _section("losses", "Loss curves", curves.figures(table["losses"])),
        _section("rounds", "Challenges and reviews", _rounds(table)),
        _section("katas", "Katas", _katas(table)),
        _section("keyboard", "At the keyboard", _drivers(table["attempts"])),
    )
    return f"""\
<!doctype html>
<!-- {MARK} -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{plain(title)}</title>
<style>
{STYLE}</style>
</head>
<body>
<header>
<h1>Katas{named}</h1>
<p class="faint">As of {dated(minute(table["made"]))}</p>
{_notes(table["notes"])}{_figures(table)}
</header>
<main>
{"".join(sections)}</main>
<footer>
<p>Made by pytest-kata {plain(__version__)}. The same as plain values: kata report --json.</p>
</footer>
</body>
</html>
"""


def _section(id: str, title: str, body: str) -> str:
    """A part of the page; none where there is nothing to say."""
    if not body:
        return ""
    return f'<section aria-labelledby="{id}">\n<h2 id="{id}">{title}</h2>\n{body}</section>\n'


def _notes(notes: Iterable[str]) -> str:
    return "".join(f'<p class="note">Note: {plain(note)}</p>\n' for note in notes)


def _figures(table: Table) -> str:
    katas = [row for row in table["katas"] if row["status"] != GONE]
    medals = [row["medal"] for row in katas if row["attempts"]]
    figures = [
        (f"{sum(row['status'] == 'solved' for row in katas)} of {len(katas)}", "katas solved"),
        (str(medals.count("gold")), "gold"),
        (str(medals.count("silver")), "silver"),
        (str(medals.count("bronze")), "bronze"),
        _counted(len(table["attempts"]), "attempt"),
        _counted(sum(row["hints"] for row in table["katas"]), "hint"),
    ]
    items = "".join(f"<li><b>{number}</b> {what}</li>" for number, what in figures)
    return f'<ul class="figures">{items}</ul>'


# ------------------------------------------------------------------------------------ badges


def _badges(badges: Sequence[BadgeRow]) -> str:
    items = "".join(
        f'<li><svg viewBox="0 0 120 120" aria-hidden="true">{medallion(badge)}</svg>'
        f"<strong>{plain(badge['name'])}</strong>"
        f'<span class="{"good" if badge["earned"] else "faint"}">'
        f"{dated(state(badge))}</span></li>\n"
        for badge in badges
    )
    return f'<ul class="wall">\n{items}</ul>\n' if items else ""


# ---------------------------------------------------------------------------------- strength

_TONES = {"weak": "bad", "shaky": "warn", "strong": "good"}


def _strength(rows: Sequence[ConceptRow], now: float) -> str:
    known = [row for row in rows if row["solved"] or row["attempts"]]
    fresh = [row["concept"] for row in rows if not (row["solved"] or row["attempts"])]
    parts = []
    if known:
        parts.append(
            '<p class="faint">How likely it is that you would solve it now, the weakest first; of '
            "the weak, what was solved once comes before what never was. Strong takes a good last "
            "round too.</p>\n"
        )
        cards = "".join(_concept(row, now) for row in known)
        parts.append(f'<ul class="cards">\n{cards}</ul>\n')
    if fresh:
        names = ", ".join(map(plain, fresh))
        parts.append(f'<p class="faint">Not started: {names}.</p>\n')
    return "".join(parts)


def _concept(row: ConceptRow, now: float) -> str:
    tone, percent = _TONES[row["strength"]], int(100 * row["recall"])
    return (
        f'<li><div class="top"><strong>{plain(row["concept"])}</strong>'
        f'<span class="{tone} whole">{row["strength"]}, {percent} %</span></div>'
        '<svg aria-hidden="true"><rect class="track" width="100%" height="8" rx="4"/>'
        f'<rect class="{tone}" width="{percent}%" height="8" rx="4"/></svg>'
        f'<p class="faint">{dated(comes_from(row, now))}</p></li>\n'
    )


def _counted(number: int, word: str) -> tuple[str, str]:
    return str(number), count(number, word).partition(" ")[2]


# ---------------------------------------------------------------------------------- timeline


def _timeline(table: Table) -> str:
    """A line for each kata that was attempted; many attempts at one place become one mark."""
    attempts = table["attempts"]
    if not attempts:
        return "<p>No attempts yet. Begin with <code>pytest katas/</code>.</p>\n"
    begin, end = span(attempts, table["made"])
    own: dict[str, list[AttemptRow]] = {}
    for row in attempts:
        own.setdefault(row["kata"], []).append(row)
    ids = [kata["id"] for kata in table["katas"] if kata["id"] in own]
    lines = [_line(id, own[id], begin, end) for id in ids]
    shown = minute if day(begin) == day(end) else day
    ends = "".join(f"<span>{dated(shown(t))}</span>" for t in (begin, end))
    days = len({day(row["t"]) for row in attempts})
    return (
        f"<p>{count(len(attempts), 'attempt')} on {count(days, 'day')}.</p>\n"
        '<p class="legend" aria-hidden="true">'
        f"<span>{_legend('solved')}every test passed</span>"
        f"<span>{_legend('failed')}not yet</span>"
        f"<span>{_legend('interrupted')}interrupted</span></p>\n"
        f'<ul class="lines">\n{"".join(lines)}</ul>\n'
        f'<p class="axis faint">{ends}</p>\n'
    )


def span(attempts: Sequence[AttemptRow], made: float) -> tuple[float, float]:
    """First and last moment of the timeline.

    What a wrong clock put before the kit or after today does not stretch it.
    """
    times = [row["t"] for row in attempts if _BEFORE_THE_KIT <= row["t"] <= made]
    return (min(times), max(times)) if times else (made, made)


def ending(row: AttemptRow) -> str:
    """solved, failed or interrupted. A run of some of a kata's tests solves nothing."""
    if row["outcome"] == "interrupted":
        return "interrupted"
    return "solved" if row["outcome"] == "passed" and row["passed"] == row["tests"] else "failed"


def _line(id: str, attempts: Sequence[AttemptRow], begin: float, end: float) -> str:
    columns: dict[int, list[AttemptRow]] = {}
    for row in attempts:
        share = (row["t"] - begin) / (end - begin) if end > begin else 0.5
        columns.setdefault(round(min(1.0, max(0.0, share)) * _COLUMNS), []).append(row)
    marks = "".join(_placed(column, rows) for column, rows in sorted(columns.items()))
    solved = next((row for row in attempts if ending(row) == "solved"), None)
    end_of_it = f"solved on {day(solved['t'])}" if solved else "not solved"
    label = f"{count(len(attempts), 'attempt')}, {end_of_it}"
    return (
        f'<li><span>{plain(id)}</span><svg role="img" aria-label="{plain(label)}">'
        f'<line x1="0" x2="100%" y1="13" y2="13"/>{marks}</svg></li>\n'
    )


def _placed(column: int, rows: Sequence[AttemptRow]) -> str:
    x = 1.5 + 97 * column / _COLUMNS
    return f'<svg x="{x:.1f}%" y="13" overflow="visible">{_mark(rows)}</svg>'


def _mark(rows: Sequence[AttemptRow]) -> str:
    """The best of some attempts, larger for many."""
    endings = [ending(row) for row in rows]
    best = next(one for one in ("solved", "failed", "interrupted") if one in endings)
    size = 4.5 + min(2.5, log2(len(rows)) / 2)
    title = f"{minute(rows[0]['t'])}: {count(len(rows), 'attempt')}, {best}"
    return f"<g><title>{plain(title)}</title>{_shape(best, size)}</g>"


def _shape(what: str, size: float) -> str:
    """Each ending has a form of its own, and not only a colour."""
    if what == "failed":
        arm = round(size * 0.8, 1)
        return f'<path class="bad" d="M-{arm} -{arm} {arm} {arm}M{arm} -{arm} -{arm} {arm}"/>'
    return f'<circle class="{"good" if what == "solved" else "open"}" r="{size:.1f}"/>'


def _legend(what: str) -> str:
    return f'<svg viewBox="-8 -8 16 16">{_shape(what, 5)}</svg>'


# ------------------------------------------------------------------------------------ rounds


_ROUND_HEADS = ("Kata", "Ended", "Attempts", "Time")


def _rounds(table: Table) -> str:
    parts = []
    if table["challenges"]:
        parts.append("<h3>Challenges</h3>\n")
        parts += [_challenge(one) for one in table["challenges"][-_MOST_ROWS:][::-1]]
        parts.append(_earlier(len(table["challenges"])))
    if table["reviews"]:
        rows = [_round_cells(one, with_day=True) for one in table["reviews"][-_MOST_ROWS:][::-1]]
        parts.append(f"<h3>Reviews</h3>\n{_table(_ROUND_HEADS, rows)}")
        parts.append(_earlier(len(table["reviews"])))
    best = [(row["id"], row["best"]) for row in table["katas"] if row["best"] is not None]
    if best:
        rows = [
            (f'<th scope="row">{plain(id)}</th>', f'<td class="number">{duration(time)}</td>')
            for id, time in best
        ]
        parts.append(f"<h3>Best times</h3>\n{_table(('Kata', 'Time'), rows)}")
    return "".join(parts)


def _challenge(one: ChallengeRow) -> str:
    wanted = f"<bdi>{plain(one['wanted'])}</bdi>" if one["wanted"] else "all katas"
    score = f"{one['solved']} of {one['katas']} solved"
    going = "" if one["ended"] else ", under way"
    rows = [_round_cells(played) for played in one["rounds"]]
    return (
        f"<p><strong>{score}</strong>{going}: {wanted}, {dated(day(one['t']))}</p>\n"
        f"{_table(_ROUND_HEADS, rows)}"
    )


def _round_cells(one: RoundRow, with_day: bool = False) -> tuple[str, ...]:
    tone = "good" if one["outcome"] == "solved" else "faint"
    ended = plain(ENDS.get(one["outcome"], one["outcome"]))
    if with_day:
        ended += f", {dated(day(one['t']))}"
    time = "" if one["seconds"] is None else duration(one["seconds"])
    return (
        f'<th scope="row">{plain(one["kata"])}</th>',
        f'<td class="{tone}">{ended}</td>',
        f'<td class="number">{one["attempts"]}</td>',
        f'<td class="number">{time}</td>',
    )


def _earlier(count: int) -> str:
    left = count - _MOST_ROWS
    return f'<p class="faint">And {left} before: kata report --json.</p>\n' if left > 0 else ""


def _table(heads: Sequence[str], *groups: Iterable[Sequence[str]]) -> str:
    numbers, form = ("Attempts", "Time", "Hints"), {4: "four", 2: "two"}.get(len(heads), "")
    head = "".join(
        f'<th scope="col" class="{"number" if one in numbers else ""}">{one}</th>' for one in heads
    )
    bodies = []
    for rows in groups:
        lines = "".join(f"<tr>{''.join(cells)}</tr>\n" for cells in rows)
        bodies.append(f"<tbody>\n{lines}</tbody>\n")
    return f'<table class="{form}">\n<thead><tr>{head}</tr></thead>\n{"".join(bodies)}</table>\n'


# ------------------------------------------------------------------------------------- katas


def _katas(table: Table) -> str:
    groups: dict[str, list[Sequence[str]]] = {}
    for kata in table["katas"]:
        name = plain(kata["track"]) if kata["track"] else "No longer in the kit"
        head = f'<th scope="rowgroup" class="group" colspan="4">{name}</th>'
        groups.setdefault(kata["track"], [(head,)]).append(_kata(kata))
    return _table(("Kata", "State", "Attempts", "Hints"), *groups.values()) if groups else ""


def _kata(kata: KataRow) -> Sequence[str]:
    words = kata["medal"] if kata["medal"] and kata["attempts"] else kata["status"]
    if kata["status"] == GONE:
        words = "solved" if kata["solved_at"] is not None else "not solved"
    tone = {"solved": "good", "gold": "good", "silver": "good", "bronze": "good"}.get(words)
    if kata["solved_at"] is not None:
        words += f", {dated(day(kata['solved_at']))}"
    hints = f"{kata['hints']} of {kata['hints_in_all']}" if kata["hints"] else "0"
    if kata["solution_shown"]:
        hints += ", solution"
    title = f'<br><span class="title wide">{plain(kata["title"])}</span>' if kata["title"] else ""
    return (
        f'<th scope="row">{plain(kata["id"])}{title}</th>',
        f'<td class="{tone or "faint"}">{words}</td>',
        f'<td class="number">{kata["attempts"]}</td>',
        f'<td class="number">{hints}</td>',
    )


# -------------------------------------------------------------------------------------- dojo


def _drivers(attempts: Sequence[AttemptRow]) -> str:
    """Who sat at the keyboard for which kata, where several did."""
    katas: dict[str, dict[str, int]] = {}
    for row in attempts:
        if row["driver"]:
            driven = katas.setdefault(row["driver"], {})
            driven[row["kata"]] = driven.get(row["kata"], 0) + 1
    rows = [
        (
            f'<th scope="row"><bdi>{plain(driver)}</bdi></th>',
            f"<td>{plain(', '.join(driven))}</td>",
            f'<td class="number">{sum(driven.values())}</td>',
        )
        for driver, driven in katas.items()
    ]
    return _table(("Name", "Katas", "Attempts"), rows) if rows else ""
