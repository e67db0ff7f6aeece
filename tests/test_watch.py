"""`kata watch` on a pseudo-terminal, as a learner has it: saves, keys, signals, a resized window.

Nothing here is timed; what takes longer than the guard hangs. KATA_TEST_SAVES sets how many saves
are made in a row, and how many runs the memory is watched over.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from kits import TESTS, Toy
from outside import events, kit
from watched import KILLS_KEEPER, LOOPS, RIGHT, WRONG, Terminal, file_of, watching

from pytest_kata.processes import descendants

# What else is so where there is no fork stands in test_watch_spawned.py.
FORKS = pytest.mark.parametrize("fork", ["on", "off"])
SAVES = int(os.environ.get("KATA_TEST_SAVES", "40"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return kit(tmp_path, Toy("alpha"), Toy("bravo"))


@pytest.fixture
def terminal(root: Path) -> Iterator[Terminal]:
    """A watch that waits for the first save of alpha."""
    with watching(root) as started:
        started.sees("not started")
        yield started


# ------------------------------------------------------------------ how editors save


def truncate(file: Path, text: str) -> None:
    file.write_text(text)


def rename(file: Path, text: str) -> None:
    draft = file.with_name("4913.tmp")
    draft.write_text(text)
    draft.replace(file)


def backup(file: Path, text: str) -> None:
    file.rename(file.with_name(f"{file.name}~"))
    file.write_text(text)
    file.with_name(f"{file.name}~").unlink()


def formatted(file: Path, text: str) -> None:
    file.write_text(f"{text}\n\n\n")
    time.sleep(0.005)
    file.write_text(text)


EDITORS = [truncate, rename, backup, formatted]


def test_saves_in_a_row(terminal: Terminal) -> None:
    file, expected = file_of(terminal.root), {}
    for number in range(SAVES):
        right = number % 3 == 2
        text = f"{RIGHT if right else WRONG}# {number}\n"
        expected[text] = "passed" if right else "failed"
        EDITORS[number % len(EDITORS)](file, text)
        terminal.until(lambda text=text: terminal.judged(text), f"save {number}")
        terminal.sees("solved" if right else "off by 1")
    terminal.rests()
    for number, (text, outcome) in enumerate(expected.items()):
        assert terminal.judged(text) == [outcome], f"save {number}"
    runs = Counter((event.run, event.event) for event in events(terminal.root))
    assert set(runs.values()) == {1}
    assert len(runs) % 2 == 0
    terminal.press(b"q")
    assert terminal.end() == 0


def test_fifty_saves_within_a_second(terminal: Terminal) -> None:
    for number in range(50):
        EDITORS[number % 3](file_of(terminal.root), f"{WRONG}# {number}\n")
        time.sleep(0.015)
    file_of(terminal.root).write_text(RIGHT)
    terminal.gets(RIGHT, "passed")
    terminal.rests()
    assert terminal.judged(RIGHT) == ["passed"]
    assert "alpha  solved" in terminal.screen
    terminal.press(b"q")
    assert terminal.end() == 0


@FORKS
def test_a_loop_is_mended(tmp_path: Path, fork: str) -> None:
    root = kit(tmp_path, Toy("alpha", facts={"limits": {"seconds": 60, "memory": 256}}))
    with watching(root, KATA_FORK=fork) as terminal:
        terminal.sees("not started")
        file_of(root).write_text(LOOPS)
        terminal.until(lambda: events(root), "the start")
        file_of(root).write_text(RIGHT)
        terminal.gets(RIGHT, "passed")
        *cut, last = [event.outcome for event in terminal.finished()]
        assert (set(cut), last) == ({"interrupted"}, "passed")
        terminal.press(b"q")
        assert terminal.end() == 0


def test_other_files_do_not_end_a_run(terminal: Terminal) -> None:
    file_of(terminal.root).write_text(LOOPS)
    terminal.until(lambda: events(terminal.root), "the start")
    file_of(terminal.root).with_name("notes.py").write_text("")
    file_of(terminal.root).with_name("alpha.py~").write_text("")
    terminal.press(b"h")
    terminal.gets(LOOPS, "failed")
    terminal.sees("hint 1 of 3")


def test_deleted_and_restored(terminal: Terminal) -> None:
    file = file_of(terminal.root)
    file.write_text(WRONG)
    terminal.gets(WRONG, "failed")
    file.unlink()
    terminal.gets("", "failed")
    file.write_text(RIGHT)
    terminal.gets(RIGHT, "passed")
    terminal.rests()
    assert len(terminal.finished()) == 3


def test_code_that_kills_its_keeper(terminal: Terminal) -> None:
    for text, outcome in ((KILLS_KEEPER, "failed"), (RIGHT, "passed"), (WRONG, "failed")):
        file_of(terminal.root).write_text(text)
        terminal.gets(text, outcome)
    terminal.press(b"q")
    assert terminal.end() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_child_that_waited_and_was_killed_is_replaced(terminal: Terminal) -> None:
    for text, outcome in ((WRONG, "failed"), (RIGHT, "passed")):
        keeper = descendants(terminal.process.pid)[0]
        terminal.until(lambda keeper=keeper: descendants(keeper), "a child that waits")
        for pid in descendants(keeper):
            os.kill(pid, signal.SIGKILL)
        file_of(terminal.root).write_text(text)
        terminal.gets(text, outcome)
    assert [event.outcome for event in terminal.finished()] == ["failed", "passed"]


@FORKS
def test_a_save_during_warm_up(tmp_path: Path, fork: str) -> None:
    # torch takes its time.
    root = kit(tmp_path, Toy("alpha", tests=TESTS.replace("from", "import torch\nfrom", 1)))
    with watching(root, KATA_FORK=fork) as terminal:
        terminal.sees("warming up")
        file_of(root).write_text(RIGHT)
        terminal.gets(RIGHT, "passed")
        terminal.rests()
        assert terminal.judged(RIGHT) == ["passed"]


# ------------------------------------------------------------------------- the keys


def test_keys(terminal: Terminal) -> None:
    file_of(terminal.root).write_text(WRONG)
    terminal.gets(WRONG, "failed")
    terminal.press(b"h")
    terminal.sees("hint 1 of 3")
    terminal.press(b"h")
    terminal.sees("hint 2 of 3")
    terminal.press(b"d")
    terminal.sees("+    return number * 3")
    terminal.press(b"l")
    terminal.sees("1 attempt")
    terminal.press(b"r")
    terminal.until(lambda: len(terminal.judged(WRONG)) == 2, "another run")
    file_of(terminal.root).write_text(RIGHT)
    terminal.gets(RIGHT, "passed")
    terminal.sees("Solved; n for the next.")
    terminal.rests()
    assert "Solved; n for the next." in terminal.screen
    terminal.press(b"s")
    terminal.sees("return number * 2")
    terminal.press(b"n")
    terminal.sees("bravo  not started")
    terminal.press(b"a")
    terminal.until(lambda: len(terminal.finished()) == 5, "a run of all")
    terminal.press(b"q")
    assert terminal.end() == 0
    told = Counter((e.kata, e.event) for e in events(terminal.root) if e.event != "started")
    assert told == {
        ("alpha", "finished"): 4,
        ("alpha", "hint"): 2,
        ("alpha", "solution"): 1,
        ("bravo", "finished"): 1,
    }


def test_ctrl_c(terminal: Terminal) -> None:
    terminal.press(b"\x03")
    terminal.end()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("busy", [False, True])
def test_termination(terminal: Terminal, number: int, busy: bool) -> None:
    if busy:
        file_of(terminal.root).write_text(LOOPS)
        terminal.until(lambda: events(terminal.root), "the start")
    terminal.process.send_signal(number)
    assert terminal.end() == 143


def test_no_keyboard(root: Path) -> None:
    with watching(root, keyboard=False) as terminal:
        terminal.sees("not started")
        file_of(root).write_text(RIGHT)
        terminal.gets(RIGHT, "passed")
        terminal.sees("Solved.")
        terminal.process.send_signal(signal.SIGINT)
        terminal.end()


def test_a_resized_window_is_redrawn(terminal: Terminal) -> None:
    file_of(terminal.root).write_text(WRONG)
    terminal.sees("off by 1")
    terminal.pump()
    terminal.shown = ""
    terminal.resize(30, 40)
    terminal.sees("q quit")
    assert max(map(len, terminal.screen.splitlines())) <= 40


# -------------------------------------------------------------------- a changed kit


def test_a_changed_test(terminal: Terminal) -> None:
    file_of(terminal.root).write_text(WRONG)
    terminal.gets(WRONG, "failed")
    tests = file_of(terminal.root).with_name("test_alpha.py")
    # From here on, thrice is right.
    tests.write_text(TESTS.replace("double", "alpha").replace("2.0", "3.0").replace("6.0", "9.0"))
    terminal.until(lambda: "passed" in terminal.judged(WRONG), "the new tests' verdict")
    tests.write_text("def")
    terminal.sees("cannot be collected")
    tests.write_text(TESTS.replace("double", "alpha"))
    terminal.sees("off by 1")
    terminal.press(b"q")
    assert terminal.end() == 0


def test_changed_facts(terminal: Terminal) -> None:
    facts = file_of(terminal.root).with_name("kata.toml")
    text = facts.read_text()
    facts.write_text("id = ")
    terminal.sees("kata.toml")
    facts.write_text(text.replace("Twice a number", "Two times a number"))
    terminal.sees("Two times a number")


# ---------------------------------------------------------------------- over a while


def resident(pid: int) -> int:
    """KiB of memory that a process holds."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_stays_flat(terminal: Terminal) -> None:
    def measured(runs: int) -> list[int]:
        for number in range(len(terminal.finished()), runs):
            terminal.press(b"r")
            terminal.until(lambda n=number: len(terminal.finished()) > n, f"run {number}")
        keeper = descendants(terminal.process.pid)[0]
        return [resident(terminal.process.pid), resident(keeper)]

    file_of(terminal.root).write_text(WRONG)
    terminal.gets(WRONG, "failed")
    early, late = measured(20), measured(max(120, SAVES))
    for before, after in zip(early, late, strict=True):
        assert after < before * 1.1 + 4096, (early, late)
