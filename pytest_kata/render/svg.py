"""Badges as pictures: inline in the report, and one alone on a card for a profile page."""

from __future__ import annotations

import difflib
import re
import textwrap
from html import escape
from math import cos, pi, sin

from pytest_kata.badges import MASTER
from pytest_kata.catalog import KitError
from pytest_kata.dates import day
from pytest_kata.journal import DEFAULT_LEARNER
from pytest_kata.rows import BadgeRow, Table

# Within the first bytes of whatever `kata report` writes: such a file may be replaced.
MARK = "made by pytest-kata"

# What neither XML nor a screen can show: control characters, halves of pairs, non-characters.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_LINE, _MOST_LINES, _NAME = 24, 3, 30

# As dates.py writes them: their hyphens are where a browser would break a line.
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")

# Dark ground of its own, since nobody knows the page that the card will stand on.
GROUND, TEXT, FAINT, GOLD, RING = "#161b22", "#f0f3f6", "#aab4be", "#f2c14e", "#4c5662"


def plain(text: str) -> str:
    """`text` for a page or a picture: escaped, and without what cannot be shown there."""
    return escape(_UNSHOWABLE.sub("\ufffd", text))


def dated(text: str) -> str:
    """`text` as `plain` gives it, with dates that a page never breaks in the middle."""
    return _DATE.sub(r'<span class="whole">\g<0></span>', plain(text))


def medallion(badge: BadgeRow) -> str:
    """The shapes of a badge in a box of 120 by 120; its colours are the page's, by class.

    Earned, it is a star on a seal with ribbons; on the way, a ring that fills.
    """
    if badge["earned"]:
        return (
            '<path class="ribbon" d="M40 78 28 116l15-7 9 11 8-34zM80 78l12 38-15-7-9 11-8-34z"/>'
            f'<polygon class="seal" points="{_spikes(24, 46, 41)}"/>'
            f'<circle class="rim" cx="60" cy="52" r="34"/>'
            f'<polygon class="star" points="{_spikes(5, 26, 11)}"/>'
        )
    share = round(100 * badge["solved"] / badge["needed"], 1) if badge["needed"] else 0
    arc = (
        f'<circle class="arc" cx="60" cy="60" r="44" pathLength="100" '
        f'stroke-dasharray="{share} 100" transform="rotate(-90 60 60)"/>'
    )
    return (
        f'<circle class="ring" cx="60" cy="60" r="44"/>{arc if share else ""}'
        f'<text class="count" x="60" y="69" text-anchor="middle">'
        f"{badge['solved']}/{badge['needed']}</text>"
    )


def _spikes(count: int, outer: float, inner: float) -> str:
    """The points of a star around (60, 52), one spike straight up."""
    points = []
    for step in range(2 * count):
        radius, angle = (inner if step % 2 else outer), pi * step / count
        points.append(f"{60 + radius * sin(angle):.1f},{52 - radius * cos(angle):.1f}")
    return " ".join(points)


def state(badge: BadgeRow) -> str:
    """How far it is, or the day on which it was earned."""
    if badge["earned_at"] is None:
        return f"{badge['solved']} of {badge['needed']} katas"
    return f"earned on {day(badge['earned_at'])}"


def chosen(table: Table, wanted: str = "") -> BadgeRow:
    """The badge for a profile page: the one that is `wanted`, else the most that was reached.

    That is the Master's if it is earned, else the one earned last, else the one that is furthest.
    Raises KitError, with the nearest name, if there is none.
    """
    names = {badge["name"].lower(): badge for badge in table["badges"]}
    if not names:
        raise KitError("there is no badge without a kata", command="kata doctor")
    if not wanted:
        return max(table["badges"], key=_reach)
    word = wanted.strip().lower()
    if MASTER.lower() in names:
        names["master"] = names[MASTER.lower()]
    if word in names:
        return names[word]
    near = difflib.get_close_matches(word, names, n=1)
    known = ", ".join(badge["name"] for badge in table["badges"])
    meant = f"; did you mean {names[near[0]]['name']}?" if near else f"; there is {known}"
    raise KitError(f"there is no badge {wanted!r}{meant}", command="kata report --svg")


def _reach(badge: BadgeRow) -> tuple[bool, bool, float, float]:
    earned, share = badge["earned_at"], badge["solved"] / max(1, badge["needed"])
    return earned is not None, badge["name"] == MASTER, earned or 0.0, share


def card(badge: BadgeRow, learner: str) -> str:
    """One badge with its name and the learner's, as an SVG file of its own."""
    lines = textwrap.wrap(badge["name"], _LINE, break_on_hyphens=False)[:_MOST_LINES]
    name = "" if learner == DEFAULT_LEARNER else _shortened(learner)
    height = 24 + 27 * len(lines) + 26 * (1 + bool(name))
    top = (140 - height) / 2 + 34
    texts = []
    for line in lines:
        texts.append(f'<text class="title" x="150" y="{top:.0f}">{plain(line)}</text>')
        top += 27
    texts.append(f'<text class="faint" x="150" y="{top:.0f}">{state(badge)}</text>')
    if name:
        # A text of its own, so that the direction of its letters is nobody else's matter.
        texts.append(f'<text class="name" x="150" y="{top + 26:.0f}">{plain(name)}</text>')
    title = plain(f"{badge['name']}: {state(badge)}" + (f", {name}" if name else ""))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="460" height="140" viewBox="0 0 460 140" role="img">
<!-- {MARK} -->
<title>{title}</title>
<style>
text {{ font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }}
.title {{ font-size: 22px; font-weight: 600; fill: {TEXT}; }}
.name {{ font-size: 16px; fill: {TEXT}; unicode-bidi: isolate; }}
.faint {{ font-size: 16px; fill: {FAINT}; }}
.seal, .arc {{ fill: {GOLD}; }}
.rim {{ fill: none; stroke: {GROUND}; stroke-width: 2; }}
.star {{ fill: {GROUND}; }}
.ribbon {{ fill: #c8553d; }}
.ring, .arc {{ fill: none; stroke: {RING}; stroke-width: 10; }}
.arc {{ stroke: {GOLD}; }}
.count {{ font-size: 26px; font-weight: 600; fill: {TEXT}; }}
</style>
<rect width="460" height="140" rx="14" fill="{GROUND}"/>
<g transform="translate(14 10)">{medallion(badge)}</g>
{chr(10).join(texts)}
</svg>
"""


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME else name[: _NAME - 1] + "…"
