"""What a person sees: on a pseudo-terminal of some width, and through a pipe."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from watched import watching

from pytest_kata.render.terminal import Hanging, Look, prose

fcntl = pytest.importorskip("fcntl")
pty = pytest.importorskip("pty")
select = pytest.importorskip("select")
termios = pytest.importorskip("termios")

GUARD_SECONDS = 60
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PLACE = re.compile(r"(?:Next:|  Compare with|  Read and try| ) \S+\.(?:py(?::\d+)?|md)")
COLOUR = re.compile(r"\x1b\[(?:[0-9]+;)*(?:3|4|9|10)[0-7](?:;[0-9]+)*m")


def on_a_terminal(words: list[str], folder: Path, env: dict[str, str], columns: int) -> str:
    """What Python with `words` shows on a terminal of `columns` by 50."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, *words], cwd=folder, env=env, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    shown, deadline = b"", time.monotonic() + GUARD_SECONDS
    try:
        while True:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([master], [], [], max(0, left))
            assert ready, f"nothing new for {GUARD_SECONDS} s after: {shown!r}"
            try:
                content = os.read(master, 1 << 16)
            except OSError:  # How Linux says that the other end is closed.
                break
            if not content:
                break
            shown += content
    finally:
        process.kill()
        process.wait()
        os.close(master)
    return shown.decode()


def lines_of(screen: str) -> list[str]:
    """The lines as they end up: without escapes, and what a carriage return overwrites gone."""
    return [
        line.rpartition("\r")[2]
        for line in ESCAPES.sub("", screen.replace("\r\n", "\n")).split("\n")
    ]


def too_wide(screen: str, columns: int) -> list[str]:
    """Lines wider than the window, but for pytest's own rules, which hold their words whole, and
    places, which are whole in any window."""
    lines = [line for line in lines_of(screen) if not PLACE.fullmatch(line)]
    return [line for line in lines if len(line) > columns and not line.startswith("=")]


@pytest.fixture(scope="module")
def busy_kit(new_kit):
    """One kata solved, one failing with a long line and prints, one not started."""
    kit = new_kit()
    kit.solve("double")
    long = " + ".join(["x"] * 60)
    kit.write("triple", f"print('p' * 300)\nvalue = {long}\nraise ValueError(str(value) * 80)")
    return kit


PYTEST = ["-m", "pytest", "katas"]
COMMAND = ["-m", "pytest_kata.cli"]


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_no_line_is_wider_than_the_window(busy_kit, clean_environment, columns):
    for words in (
        PYTEST,
        [*PYTEST, "--kata-source=every", "-q"],
        COMMAND,
        [*COMMAND, "list"],
        [*COMMAND, "hint", "double"],
        [*COMMAND, "solution", "quadruple"],
    ):
        screen = on_a_terminal(words, busy_kit.folder, clean_environment, columns)
        assert too_wide(screen, columns) == [], words
        assert "\x1b[" in screen, words
        assert "Traceback" not in screen


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_failure_stays_readable_at_every_width(busy_kit, clean_environment, columns):
    screen = on_a_terminal(PYTEST, busy_kit.folder, clean_environment, columns)
    text = "".join("".join(lines_of(screen)).split())
    assert "✗triple" in text
    assert "triple()raisesValueError:300300300" in text
    assert "katas/01_first/02_triple/triple.py:4" in text
    assert "▸4│raiseValueError(" in text
    assert "yourcodeprinted:ppp" in text
    assert "Next:katas/01_first/02_triple/triple.py:4" in text


@pytest.mark.parametrize(("words", "columns", "count"), [(PYTEST, 40, 2), (COMMAND, 24, 1)])
def test_a_place_is_never_broken(busy_kit, clean_environment, words, columns, count):
    """What is too long for the window is left to the terminal, which keeps it one."""
    screen = on_a_terminal(words, busy_kit.folder, clean_environment, columns)
    place = re.compile(r"(?:Next:| ) katas/01_first/02_triple/triple\.py:\d+")
    assert sum(bool(place.fullmatch(row)) for row in lines_of(screen)) == count


def test_what_wraps_stands_below_its_words(new_kit, clean_environment):
    marks = {"  · ": "words that are wrapped", "- ": "a" * 20, "====== ====== ": "words"}
    drawn = Look(width=20).draw([Hanging(mark, text) for mark, text in marks.items()])
    assert drawn.splitlines() == [
        "  · words that are",
        "    wrapped",
        f"- {'a' * 18}",
        "  aa",
        "====== ======",
        "    words",
    ]
    kit = new_kit()
    kit.write("triple", "return 'not a number'")
    rows = lines_of(on_a_terminal(PYTEST, kit.folder, clean_environment, 40))
    at = rows.index("✗ triple  test_five")
    assert rows[at + 1] == "  (attempt 1, 0 of 2 tests pass)"


def test_where_nothing_was_raised_the_place_says_what_it_is(new_kit, clean_environment):
    kit = new_kit()
    kit.write("double", "return x + 2")
    screen = on_a_terminal(PYTEST, kit.folder, clean_environment, 80)
    rows = lines_of(screen)
    at = rows.index("  The test called double(), which begins here:")
    assert rows[at + 1] == "  katas/01_first/01_double/double.py:1"
    assert rows[at + 2].startswith("  ▸    1 │ def double")
    kit.write("double", "raise ValueError")
    assert "begins here" not in on_a_terminal(PYTEST, kit.folder, clean_environment, 80)


def test_without_news_there_is_no_empty_block(new_kit):
    kit = new_kit()
    kit.write("double", "return x + 2")
    with watching(kit.folder, "double") as terminal:
        terminal.sees("from save to verdict")
        terminal.rests()
        rows = [row.rstrip() for row in terminal.screen.replace("\r", "").split("\n")]
        assert not any(one == other == "" for one, other in pairwise(rows[:-2]))
        terminal.press(b"q")
        assert terminal.end() == 0


def test_the_bar_gives_way_in_a_narrow_window(busy_kit, clean_environment):
    bars = [
        re.search(r"second +(░+)", ESCAPES.sub("", screen)).group(1)
        for screen in (
            on_a_terminal(COMMAND, busy_kit.folder, clean_environment, columns)
            for columns in (40, 120)
        )
    ]
    assert [len(bar) for bar in bars] == [10, 20]


@pytest.mark.parametrize("how", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_colour_can_be_declined_on_a_terminal(busy_kit, clean_environment, how):
    for words in (PYTEST, COMMAND, [*COMMAND, "solution", "quadruple"]):
        screen = on_a_terminal(words, busy_kit.folder, {**clean_environment, **how}, 80)
        assert not COLOUR.search(screen), words
        assert too_wide(screen, 80) == []


def test_pytests_own_colour_option_decides_for_our_part_too(busy_kit, clean_environment):
    words = [*PYTEST, "--color=no"]
    assert "\x1b[" not in on_a_terminal(words, busy_kit.folder, clean_environment, 80)
    ours = busy_kit.pytest("katas", "--color=yes").out.split("collected")[1].split("Next:")[0]
    assert COLOUR.search(ours)


def test_through_a_pipe_there_are_neither_colours_nor_carriage_returns(busy_kit):
    for result in (
        busy_kit.pytest("katas"),
        busy_kit.pytest("katas", "-v"),
        busy_kit.command(),
        busy_kit.command("solution", "quadruple"),
    ):
        assert "\x1b" not in result.out
        assert "\r" not in result.out
    assert "✗ triple  test_five" in busy_kit.pytest("katas").out


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_signs_are_plain_only_where_the_encoding_asks_for_it(busy_kit, encoding):
    plain = busy_kit.pytest("katas", PYTHONIOENCODING=encoding)
    assert plain.out.isascii()
    assert "x triple  test_five" in plain.out
    assert ">    4 |     raise ValueError" in plain.out
    assert "second  ...................." in plain.out
    fancy = busy_kit.pytest("katas", PYTHONIOENCODING="utf-8")
    assert "▸    4 │     raise ValueError" in fancy.out


def test_prose_is_broken_where_the_window_ends():
    text = "One line\nand its rest.\n\n    x = 1\n    y = 2\nAnother."
    assert prose(text) == ["One line and its rest.", "", "    x = 1", "    y = 2", "Another."]
