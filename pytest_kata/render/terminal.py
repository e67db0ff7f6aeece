"""Screens, drawn with rich into plain strings; who prints them decides on colour and width."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, OverflowMethod, RenderableType
from rich.padding import Padding
from rich.text import Text

from pytest_kata import curves
from pytest_kata.badges import CHALLENGE_WON, MASTER, MASTER_TRACK, Badge, medal
from pytest_kata.catalog import Catalog, Kata, Track
from pytest_kata.curves import Curves
from pytest_kata.dates import duration
from pytest_kata.feedback import Feedback
from pytest_kata.practice import Hint
from pytest_kata.progress import KataProgress
from pytest_kata.results import KataResult, TestResult

MEDAL_STYLES = {"gold": "bold yellow", "silver": "bold", "bronze": "bold red"}


_EVERYTHING = f"pytest katas/{MASTER_TRACK}"


@dataclass(frozen=True)
class Look:
    """What the place that we print to can show."""

    width: int = 80
    color: bool = False
    ascii: bool = False

    def mark(self, fancy: str, plain: str) -> str:
        return plain if self.ascii else fancy

    def draw(self, lines: Iterable[RenderableType]) -> str:
        """The lines as one string, wrapped to the width, without trailing blanks."""
        out = io.StringIO()
        console = Console(
            file=out,
            width=max(20, self.width),
            force_terminal=self.color,
            no_color=not self.color,
            color_system="standard" if self.color else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
            _environ={},
        )
        for line in lines:
            # rich itself forgets it.
            whole = isinstance(line, Text) and line.no_wrap
            overflow: OverflowMethod = "ignore" if whole else "fold"
            console.print(line, overflow=overflow, no_wrap=whole, soft_wrap=False, crop=False)
        text = out.getvalue()
        if self.ascii:
            text = text.translate(_PLAIN).encode("ascii", "replace").decode()
        return "\n".join(line.rstrip() for line in text.splitlines())


_PLAIN = curves.ASCII | str.maketrans(
    {"─": "-", "│": "|", "•": "*", "…": "...", "·": "-", "—": "-", "–": "-", "’": "'", "×": "x",
     "→": "->", "≤": "<=", "≥": ">=", "√": "sqrt ", "−": "-", "‖": "|", "α": "alpha", "ε": "eps"}
)  # fmt: skip


def indent(text: str | Text, style: str = "", by: int = 2) -> Padding:
    """`text` moved right by `by` columns, on every line that it wraps to."""
    return Padding(Text(text, style) if isinstance(text, str) else text, (0, 0, 0, by))


class Hanging:
    """`text` after `mark`; what it wraps to stands below its words, not below the mark."""

    def __init__(self, mark: str | Text, text: str | Text, style: str = "") -> None:
        self.mark = Text(mark, style) if isinstance(mark, str) else mark
        self.text = Text(text, style) if isinstance(text, str) else text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterable[Text]:
        mark, wide = self.mark, self.mark.cell_len
        if wide > options.max_width // 2:
            # Beside it would be no room for words.
            yield mark
            mark, wide = Text("    "), 4
        for line in self.text.wrap(console, max(1, options.max_width - wide), overflow="fold"):
            yield Text.assemble(mark, line)
            mark = Text(" " * wide)


def located(before: str | Text, place: str, style: str = "") -> Text:
    """`place` after `before`, in one line whatever the window.

    Where there is no room for it the terminal wraps, and what it wraps can still be clicked on and
    copied.
    """
    text = Text(no_wrap=True).append_text(Text.assemble(before))
    return text.append(place, style)


def beside(words: Sequence[str], by: int, look: Look) -> Padding:
    """`words` in one line, or where there is no room for that, in one line each."""
    line = "   ".join(words)
    return indent(line if by + cell_len(line) <= look.width else "\n".join(words), "dim", by)


def prose(text: str) -> list[str]:
    """The paragraphs of a text whose lines were broken for another width; indented lines stay."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        goes_on = lines and lines[-1] and line and not line[0].isspace()
        if goes_on and not lines[-1][0].isspace():
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return lines


def look_for(encoding: str | None, width: int, color: bool) -> Look:
    """A Look for a stream: plain ASCII where its encoding cannot carry our signs."""
    try:
        "▁█▲░✓✗▸│·×↑".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return Look(width, color, ascii=True)
    return Look(width, color)


def board(
    tracks: Sequence[Track], progress: Mapping[str, KataProgress], started: set[str], look: Look
) -> list[RenderableType]:
    """One line a track: a bar, and how many are solved, in progress and not started.

    `started` are the ids of katas whose file is not the starter any more.
    """
    names = max((len(track.name) for track in tracks), default=0)
    return [_track_line(track, names, progress, started, look) for track in tracks]


def _track_line(
    track: Track,
    pad: int,
    progress: Mapping[str, KataProgress],
    started: set[str],
    look: Look,
) -> Hanging:
    done = sum(kata.id in progress and progress[kata.id].solved for kata in track.katas)
    busy = sum(
        kata.id in started and not (kata.id in progress and progress[kata.id].solved)
        for kata in track.katas
    )
    rest = len(track.katas) - done - busy
    words = [f"{done} of {len(track.katas)} solved"]
    if busy:
        words.append(f"{busy} in progress")
    if rest:
        words.append(f"{rest} not started")
    text = Text(f"  {track.name:<{pad}}  ")
    text.append_text(bar(done, busy, len(track.katas), 20 if look.width >= 72 else 10, look))
    return Hanging(text.append("  "), ", ".join(words))


def bar(done: int, busy: int, total: int, width: int, look: Look) -> Text:
    """`done` of `total` as a bar, with what is in progress behind it."""
    full = round(width * done / total) if total else 0
    part = min(width - full, max(1, round(width * busy / total)) if busy and total else 0)
    text = Text()
    text.append(look.mark("█", "#") * full, "green")
    text.append(look.mark("▒", "+") * part, "yellow")
    text.append(look.mark("░", ".") * (width - full - part), "dim")
    return text


def failure(
    kata: Kata, result: KataResult, test: TestResult, place: str, look: Look
) -> list[RenderableType]:
    """The one failure that is shown in full."""
    head = Text.assemble((kata.id, "bold"), (f"  {test.name}", "red"))
    passing = f"{result.passed} of {result.selected} tests pass"
    if result.after.attempts:
        passing = f"attempt {result.after.attempts}, {passing}"
    room = look.width - 2 - head.cell_len
    head.append(f"  ({passing})" if len(passing) + 4 <= room else f"\n({passing})", "dim")
    cross = Text(look.mark("✗ ", "x "), "bold red")
    lines: list[RenderableType] = [Hanging(cross, head)]
    if test.about:
        lines.append(indent(test.about, "dim"))
    lines.append(Text())
    if test.feedback is not None:
        lines += feedback(test.feedback, place, look, training(result.losses, look))
    printed = [line for line in test.printed.splitlines() if line.strip()][-3:]
    if printed:
        lines.append(Text())
        lines.append(Text("  your code printed:", "dim"))
        lines += [Text(f"    {line[:200]}", "dim") for line in printed]
    return lines


def training(losses: Curves | None, look: Look) -> list[RenderableType]:
    """The learner's loss above the reference's, where the two part; else nothing to look at."""
    if losses is None or losses.parting is None:
        return []
    yours, reference, *mark = curves.lines(losses, look.width - 2)
    return [
        Text(),
        indent(curves.title(losses)),
        Text(f"  {yours}"),
        Text(f"  {reference}", "dim"),
        *(Text(f"  {line}", "bold red") for line in mark),
    ]


def feedback(
    told: Feedback, place: str, look: Look, picture: Iterable[RenderableType] = ()
) -> list[RenderableType]:
    """Sentences, `picture`, then the learner's own frame: `place` and three lines of code."""
    first, *others = told.words
    lines: list[RenderableType] = [indent(first, "bold"), *map(indent, others), *picture]
    if told.line:
        lines += [Text(), *([indent(told.where, "dim")] if told.where else [])]
        lines.append(located("  ", f"{place}:{told.line}", "cyan"))
        for number, code in told.code:
            here = number == told.line
            arrow = look.mark("▸", ">") if here else " "
            code = code.expandtabs(4)[: max(20, look.width - 12)]
            fence = look.mark("│", "|")
            lines.append(Text(f"  {arrow} {number:>4} {fence} {code}", "" if here else "dim"))
    return lines


def solved(
    result: KataResult, ruled_out: Sequence[str], more: int, where: str, look: Look
) -> list[RenderableType]:
    """The passing screen of one kata; `more` mistakes are ruled out besides those named."""
    kata, state = result.kata, result.after
    won = medal(kata, state)
    head = Text()
    head.append(look.mark("✓ ", "+ "), "bold green")
    head.append(f"{kata.id}", "bold")
    head.append("  solved", "green")
    if won:
        head.append(f"  {won}", MEDAL_STYLES[won])
    if not kata.passes_as_shipped:
        head.append(f"  ({', '.join(_how(kata, state))})", "dim")
    lines: list[RenderableType] = [head]
    if ruled_out:
        lines.append(Text("  The tests just ruled out:", "dim"))
        dot = look.mark("    · ", "    - ")
        lines += [Hanging(dot, words, "dim") for words in ruled_out]
        if more:
            lines.append(Hanging(dot, f"and {more} more mistakes that people make", "dim"))
    if where:
        lines.append(located("  Compare with " if ruled_out else "  Read and try ", where))
    return lines


def _how(kata: Kata, state: KataProgress) -> list[str]:
    """How a kata was solved, as far as it has decided the medal."""
    count = state.attempts_at_solve
    told = [f"{count} attempts in {duration(state.took)}" if count != 1 else "1 attempt"]
    if state.shown_at_solve:
        return [*told, "after its solution was shown"]
    if state.hints_at_solve:
        told.append("after a hint")
    if not state.hints_at_solve or count > kata.attempts:
        told.append(f"gold takes {kata.attempts}")
    return told


def badge_line(badge: Badge, look: Look) -> Text:
    text = Text("  ")
    text.append_text(bar(badge.solved, 0, badge.needed, 10, look))
    text.append(f"  {badge.name}", "bold yellow" if badge.earned else "")
    text.append("  earned" if badge.earned else f"  {badge.solved} of {badge.needed}")
    return text


def celebration(badge: Badge, look: Look) -> list[RenderableType]:
    """A badge that has just been earned, or lacks one run of everything."""
    if badge.is_due:
        return [
            badge_line(badge, look),
            indent("Every kata of it is solved. One run of all of them together earns the badge:"),
            Text(f"  {_EVERYTHING}", "bold cyan"),
        ]
    which = "--svg" if badge.name == MASTER else f'--badge "{badge.name}"'
    return [
        badge_line(badge, look),
        indent(badge.meaning),
        indent(f"kata report {which} draws it for your profile page.", "dim"),
    ]


def all_solved(found: Sequence[Badge]) -> Text:
    """What comes next where every kata is solved."""
    text = Text("Next: ", "bold")
    if any(badge.is_due for badge in found):
        return text.append(_EVERYTHING, "bold cyan").append(" earns the Master badge.", "not bold")
    if any(badge.name == CHALLENGE_WON and not badge.earned for badge in found):
        return text.append("all katas are solved; kata challenge has one more badge.", "not bold")
    return text.append("all katas are solved; kata review keeps them fresh.", "not bold")


def kata_rows(
    catalog: Catalog, progress: Mapping[str, KataProgress], started: set[str], look: Look
) -> list[RenderableType]:
    """Every kata on a line of its own, under its track."""
    lines: list[RenderableType] = []
    wide = max((len(kata.id) for kata in catalog), default=0)
    for track in catalog.tracks:
        if lines:
            lines.append(Text())
        lines.append(Text(f"{track.folder}", "bold"))
        for kata in track.katas:
            lines.append(
                _kata_row(kata, progress.get(kata.id, KataProgress()), started, wide, look)
            )
    return lines


def _kata_row(kata: Kata, state: KataProgress, started: set[str], wide: int, look: Look) -> Text:
    text = Text("  ")
    if state.solved:
        won = medal(kata, state)
        text.append(look.mark("✓", "+"), "green")
        status, style = (won or "solved"), MEDAL_STYLES.get(won, "")
    elif kata.id in started:
        text.append(look.mark("▸", ">"), "yellow")
        count = state.attempts
        status, style = f"{count} attempt{'s' if count != 1 else ''}", "yellow"
    else:
        text.append(look.mark("·", "."), "dim")
        status, style = "not started", "dim"
    text.append(f" {kata.number}  {kata.id:<{wide}}  ")
    text.append(f"{kata.level:<13}", "dim")
    text.append(f"{status:<12}", style)
    if look.width >= 100:
        text.append(f"  {kata.title}", "dim")
    return text


def hints(kata: Kata, given: Sequence[Hint]) -> list[RenderableType]:
    """The hints that were given; the new one stands out."""
    lines: list[RenderableType] = []
    for hint in given:
        head = f"{kata.id}, hint {hint.level} of {len(kata.hints)}"
        head += ", for what failed last" if hint.fits else ""
        if lines:
            lines.append(Text())
        lines.append(Text(head, "bold" if hint.new else "dim"))
        lines += [indent(line, "" if hint.new else "dim") for line in prose(hint.text)]
    if not any(hint.new for hint in given):
        last = f"That was the last one. kata solution {kata.id} shows an answer."
        lines += [Text(), Text(last)]
    return lines


def markdown(text: str, look: Look) -> str:
    # Its parser takes longer to load than any other screen to draw.
    from rich.markdown import Markdown

    return look.draw([Markdown(text, hyperlinks=False)])
