"""Each screen of a learner's day, on a real terminal, at every width and with less than colour."""

from __future__ import annotations

import re
import time

import pytest
from rich.cells import cell_len
from test_screen import COLOUR, COMMAND, ESCAPES, PYTEST, lines_of, on_a_terminal
from watched import watching

from pytest_kata.journal import Event, line

NO_COLOUR = {"NO_COLOR": "1"}
ASCII = {"PYTHONIOENCODING": "ascii"}
# White, black and their bright brothers cannot be seen on one of the two grounds.
GROUND = re.compile(r"\x1b\[(?:[0-9]+;)*(?:30|37|90|97)(?:;[0-9]+)*m")
HOWS = [
    pytest.param((60, {}), id="60"),
    pytest.param((80, {}), id="80"),
    pytest.param((120, {}), id="120"),
    pytest.param((60, ASCII), id="60-ascii"),
    pytest.param((80, NO_COLOUR), id="80-no-colour"),
]


@pytest.fixture(params=HOWS)
def how(request) -> tuple[int, dict[str, str]]:
    return request.param


@pytest.fixture
def see(kit, clean_environment, how):
    """Shows a command of pytest or kata, held to what every screen must be."""
    columns, env = how

    def show(words: list[str]) -> str:
        screen = on_a_terminal(words, kit.folder, {**clean_environment, **env}, columns)
        return looked_at(screen, columns, env)

    return show


def looked_at(screen: str, columns: int, env: dict[str, str]) -> str:
    """`screen` in one line and without its blanks, so that a fold hides nothing."""
    rows = lines_of(re.sub(r"\r+\n", "\n", screen))
    wide = [row for row in rows if cell_len(row) > columns and not row.startswith("=")]
    assert wide == []
    assert "Traceback" not in screen
    # pytest's own lines have its own colours.
    own = screen.partition("collected")[2].rpartition("=====")[0] if "collected" in screen else ""
    assert not GROUND.search(own or screen)
    if env == NO_COLOUR:
        assert not COLOUR.search(screen)
    if env == ASCII:
        assert screen.isascii()
        assert "?" not in ESCAPES.sub("", screen).replace("?)", "")
    return squeezed("\n".join(rows))


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_first_run_list_modes_and_where(kit, see):
    first = see(PYTEST)
    assert "6notstartedin" in first
    assert "Next:katas/01_first/01_double/double.py:5(katahintforanudge)" in first
    assert "0of2solved,2notstarted" in first
    assert "02tripleeasynotstarted" in see([*COMMAND, "list"])
    assert "pytestkatas/-mkind_implement3katas" in see([*COMMAND, "modes"])
    assert "notattemptedyet" in see(COMMAND)


def test_failure_hint_solution_and_strength(kit, see):
    kit.write("double", "return x + 2")
    failed = see(PYTEST)
    assert "doubletest_five(attempt1,0of2testspass)" in failed
    assert "double(5)is7,offby3." in failed
    assert "Thislookslikeaddition." in failed
    assert "katas/01_first/01_double/double.py:1" in failed
    assert "returnx+2" in failed
    kit.write("double", "return x - 2")
    offered = see(PYTEST)
    assert "(katahintforanudge,katasolutiondoubleforananswer)" in offered
    assert "double,hint1of3Thinkof2piles." in see([*COMMAND, "hint", "double"])
    assert "katasolutiontriple--nowshowsit." in see([*COMMAND, "solution", "triple"])
    assert "multiplication2attempts,1hint,0of3solved" in see([*COMMAND, "strength"])


def test_pass_and_badge(kit, see):
    kit.solve("double")
    passed = see(PYTEST)
    assert "doublesolvedgold(1attempt,goldtakes2)" in passed
    assert "Computesandreturnsnothing." in passed
    assert "Comparewithsolutions/01_first/01_double/explanation.md" in passed
    kit.command("hint", "triple")
    kit.solve("triple")
    badge = see(PYTEST)
    assert "triplesolvedsilver" in badge
    assert "Firstearned" in badge
    assert "Itstandsforeverykataofthetrackfirst." in badge


def test_the_header_of_a_challenge(kit, see):
    toml = kit.toml("double")
    toml.write_text(toml.read_text() + 'clock = "2:00"\n')
    now = time.time()
    kit.journal.parent.mkdir()
    same = {"run": "R", "series": "S", "sha256": "0", "mode": "challenge"}
    with kit.journal.open("ab") as journal:
        journal.write(line(Event(now - 1, "learner", "", "challenge", run="S")))
        journal.write(line(Event(now, "learner", "double", "opened", **same)))
    kit.write("double", "return x + 2")
    for words in (PYTEST, COMMAND, [*COMMAND, "list"]):
        shown = see(words)
        assert re.search(r"challenge1of1double[12]:\d\dremainingattempts:[12]leftsolved:0", shown)


def test_the_watch_of_a_dojo(kit, how):
    columns, env = how
    with watching(kit.folder, command=("dojo", "--names", "ana,ben,cleo"), **env) as terminal:
        terminal.resize(40, columns)
        terminal.sees("driver ana")
        kit.write("double", "return x + 2")
        terminal.sees("from save to verdict")
        terminal.rests()
        shown = looked_at(terminal.shown.rpartition("\x1b[H")[2], columns, env)
        assert shown.startswith("dojodriverananavigatorbennextcleo")
        assert "Thislookslikeaddition." in shown
        assert "hhintnnextrrun" in shown
        terminal.press(b"q")
        assert terminal.end() == 0
