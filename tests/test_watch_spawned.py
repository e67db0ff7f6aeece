"""`kata watch` where there is no fork, forced by KATA_FORK=off: a new worker for each run."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kits import Toy
from outside import events, kit, run, wait_until
from watched import LOOPS, RIGHT, WRONG, Terminal, file_of, watching

from pytest_kata.processes import descendants

SWALLOWS = RIGHT.replace(
    "return number * 2",
    """while True:
        try:
            while True:
                pass
        except BaseException:
            pass""",
)
BLOCKS = RIGHT.replace(
    "return number * 2",
    """import signal
    signal.setitimer(signal.ITIMER_REAL, 0)
    while True:
        pass""",
)
LEAVES = RIGHT.replace("return number", "import os; os._exit(0)\n    return number")
FORGES = RIGHT.replace(
    "return number * 2",
    """import os, stat
    for number in range(3, 99):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, b'{"end": ""}\\n')
        except OSError:
            pass
    return 0""",
)
FORKS = RIGHT.replace(
    "return number * 2",
    """import os, time
    if os.fork() == 0:
        time.sleep(600)
    return number * 2""",
)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    facts = {"limits": {"seconds": 1, "memory": 256}}
    root = kit(tmp_path, Toy("alpha", facts=facts), Toy("bravo"))
    with watching(root, KATA_FORK="off") as started:
        started.sees("not started")
        yield started


def test_saves_in_a_row(terminal: Terminal) -> None:
    file = file_of(terminal.root)
    for number in range(6):
        right = number % 3 == 2
        text = f"{RIGHT if right else WRONG}# {number}\n"
        file.write_text(text)
        terminal.gets(text, "passed" if right else "failed")
        terminal.sees("solved" if right else "off by 1")
    terminal.rests()
    assert len(terminal.finished()) == 6
    terminal.press(b"q")
    assert terminal.end() == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LOOPS, "still running at its time limit"),
        (SWALLOWS, "at its time limit"),
        (BLOCKS, "did not stop at its time limit"),
        (LEAVES, "exit status 0"),
        (FORGES, "wrote into the channel"),
    ],
    ids=["loops", "swallows", "blocks", "leaves", "forges"],
)
def test_code_that_does_not_come_back(terminal: Terminal, text: str, words: str) -> None:
    file_of(terminal.root).write_text(text)
    terminal.gets(text, "failed")
    terminal.sees(words)
    file_of(terminal.root).write_text(RIGHT)
    terminal.gets(RIGHT, "passed")
    terminal.press(b"q")
    assert terminal.end() == 0


def test_what_a_run_started_ends_with_it(terminal: Terminal) -> None:
    file_of(terminal.root).write_text(FORKS)
    terminal.gets(FORKS, "passed")
    terminal.press(b"q")
    assert terminal.end() == 0


def test_all(terminal: Terminal) -> None:
    for name in ("alpha", "bravo"):
        file_of(terminal.root, name).write_text(RIGHT.replace("alpha", name))
        terminal.gets(RIGHT.replace("alpha", name), "passed")
    terminal.press(b"a")
    terminal.until(lambda: len(terminal.finished()) == 4, "a run of all")
    terminal.press(b"q")
    assert terminal.end() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_outlives_nobody(terminal: Terminal) -> None:
    file_of(terminal.root).write_text(LOOPS)
    terminal.until(lambda: events(terminal.root), "the start")
    workers = descendants(terminal.process.pid)
    terminal.process.send_signal(signal.SIGKILL)
    terminal.process.wait()
    assert wait_until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in workers))


def test_pytest_says_what_it_cannot_promise(tmp_path: Path) -> None:
    done = run(kit(tmp_path, Toy("alpha", learner=RIGHT)), KATA_FORK="off")
    assert done.status == 0
    assert "this platform has no fork" in done.out
