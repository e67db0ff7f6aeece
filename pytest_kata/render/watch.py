"""The screens of `kata watch`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TextIO

from rich.console import RenderableType
from rich.text import Text

from pytest_kata.catalog import Catalog, Kata
from pytest_kata.practice import Hint
from pytest_kata.progress import KataProgress
from pytest_kata.recording import Recorder
from pytest_kata.render import terminal
from pytest_kata.render.session import Detail, draw
from pytest_kata.render.terminal import Look, indent, kata_rows, located
from pytest_kata.selection import Kit

Drawing = Callable[[Look], list[str]]

KEYS = "h hint  n next  r run  a run all  l list  d diff  s solution  q quit"
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class Screen:
    """One screenful on a terminal, drawn over the one before; plain blocks elsewhere."""

    def __init__(self, out: TextIO, look: Look, header: Callable[[Look], list[RenderableType]]):
        """`header` is drawn above everything, anew each time: it has a clock."""
        self._out = out
        self._look = look
        self._header = header
        self._terminal = out.isatty()
        self._drawing: Drawing | None = None
        # Lines of the header, where it stands below a drawing that is taller than the window.
        self._foot = 0
        self._warming = False

    def show(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self.redraw()

    def redraw(self) -> None:
        if self._drawing is None:
            return
        if not self._terminal:
            lines = [*self._top(self._look), *self._drawing(self._look)]
            self._write("\n".join(lines) + "\n\n")
            return
        size = shutil.get_terminal_size()
        look = replace(self._look, width=size.columns)
        top, drawn = self._top(look), self._drawing(look)
        tall = top and len(top) + len(drawn) >= size.lines
        # Home, then each line with what was behind it wiped, then the rest: nothing flickers.
        lines = [f"{line}\x1b[K" for line in (drawn if tall else [*top, *drawn])]
        self._write("\x1b[H" + "\r\n".join(lines) + "\r\n\x1b[J")
        self._foot = 0
        if tall:
            self._write("\r\n")
            self._draw_foot()

    def tick(self) -> None:
        """A clock in the header has gone on; where nothing can be drawn over, that is no news."""
        if self._foot:
            self._draw_foot()
        elif self._terminal:
            self.redraw()

    def _draw_foot(self) -> None:
        """The header at the cursor, over itself: what a clock draws anew must not scroll away."""
        look = replace(self._look, width=shutil.get_terminal_size().columns)
        lines = look.draw(self._header(look)).splitlines()
        back = "\r" + (f"\x1b[{self._foot - 1}A" if self._foot > 1 else "")
        self._write(back + "\r\n".join(f"{line}\x1b[K" for line in lines) + "\x1b[J")
        self._foot = len(lines)

    def _top(self, look: Look) -> list[str]:
        lines = self._header(look)
        return [*look.draw(lines).splitlines(), ""] if lines else []

    def warming(self, seconds: float) -> None:
        """A sign of life while torch is loaded."""
        if self._terminal:
            turn = self._look.mark(SPINNER, "|/-\\")
            sign = turn[int(seconds * 10) % len(turn)]
            first = "\x1b[2J" if not self._warming else ""
            self._write(
                f"{first}\x1b[H{sign} warming up, {seconds:.1f} s; save when you like\x1b[K"
            )
        elif not self._warming:
            self._write("warming up; save when you like\n")
        self._warming = True

    def leave(self) -> None:
        if self._terminal:
            self._write("\x1b[0m\r\n")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def message(text: str, keys: bool = False) -> Drawing:
    return lambda look: look.draw([Text(text), *_keys(keys)]).splitlines()


def waiting(kata: Kata, place: str, keys: bool) -> Drawing:
    """A kata that nobody has started."""

    def drawing(look: Look) -> list[str]:
        lines: list[RenderableType] = [
            Text.assemble((kata.id, "bold"), ("  not started", "dim")),
            indent(kata.title),
            Text(),
            located(Text("Next: ", "bold"), place, "bold cyan"),
            Text("      edit and save"),
        ]
        return look.draw([*lines, *_keys(keys)]).splitlines()

    return drawing


def after(first: Drawing, then: Drawing) -> Drawing:
    """One above the other, where the first has something to say."""

    def drawing(look: Look) -> list[str]:
        lines = first(look)
        return [*lines, *([""] if lines else []), *then(look)]

    return drawing


def ended(told: Drawing, keys: bool) -> Drawing:
    """The end of a challenge."""
    return lambda look: [*told(look), *look.draw(_keys(keys)).splitlines()]


def verdict(recorder: Recorder, kit: Kit, seconds: float, keys: bool) -> Drawing:
    """What `pytest katas/` would say, and how long it took from save to here."""
    goes_on = any(told.opened for told in recorder.news.get(kit.workspace.home, []))
    solved = all(result.outcome == "passed" for result in recorder.results.values())

    def drawing(look: Look) -> list[str]:
        lines = draw(recorder, [kit], look, Detail(failure=True, brief=False, header=False))
        end: list[RenderableType] = [Text(f"{seconds * 1000:.0f} ms from save to verdict", "dim")]
        if solved and not goes_on:
            end.append(Text("Solved; n for the next." if keys else "Solved.", "bold green"))
        return [*lines, *look.draw([*end, *_keys(keys)]).splitlines()]

    return drawing


def listing(catalog: Catalog, progress: Mapping[str, KataProgress], touched: set[str]) -> Drawing:
    return lambda look: look.draw(
        [*kata_rows(catalog, progress, touched, look), *_keys(True)]
    ).splitlines()


def hints(kata: Kata, given: Sequence[Hint]) -> Drawing:
    return lambda look: look.draw([*terminal.hints(kata, given), *_keys(True)]).splitlines()


def early(said: str) -> Drawing:
    """What the solution costs, before it is shown."""
    lines = [Text(said), Text("s again shows it.", "cyan")]
    return lambda look: look.draw([*lines, *_keys(True)]).splitlines()


def solution(text: str) -> Drawing:
    return lambda look: look.draw([Text(text), *_keys(True)]).splitlines()


def difference(lines: Sequence[str]) -> Drawing:
    styles = {"+": "green", "-": "red", "@": "cyan"}
    texts = [Text(line, styles.get(line[:1], "")) for line in lines]
    shown = texts or [Text("The file is the starter.")]
    return lambda look: look.draw([*shown, *_keys(True)]).splitlines()


def _keys(keys: bool) -> list[RenderableType]:
    return [Text(), Text(KEYS, "dim")] if keys else []
