"""A real `kata watch` on a pseudo-terminal, and what a learner saves and reads there."""

from __future__ import annotations

import os
import re
import select
import struct
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kits import SOLUTION
from outside import environment, events, left, wait_until

from pytest_kata.journal import Event
from pytest_kata.workspace import digest

fcntl = pytest.importorskip("fcntl")
pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")


RIGHT = SOLUTION.replace("double", "alpha")
WRONG = RIGHT.replace("number * 2", "number * 3")
LOOPS = RIGHT.replace("return number * 2", "while True:\n        pass")
KILLS_KEEPER = RIGHT.replace(
    "return", "__import__('os').kill(__import__('os').getppid(), 9)\n    return"
)
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# Long enough for what should not come: a second verdict, a step to the next kata.
STILL_SECONDS = 0.6


class Terminal:
    """A `kata watch` on a terminal of its own."""

    def __init__(
        self,
        root: Path,
        *words: str,
        keyboard: bool = True,
        command: tuple[str, ...] = ("watch",),
        **env: str,
    ) -> None:
        self.root = root
        self.mark = uuid.uuid4().hex
        self.shown = ""
        self.master, self.slave = pty.openpty()
        self.resize(30, 100)
        self.before = termios.tcgetattr(self.slave)
        around = environment(root, self.mark, TERM="xterm", LC_ALL="C.UTF-8", **env)
        del around["COLUMNS"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pytest_kata.cli", *command, *words],
            cwd=root,
            env=around,
            stdin=self.slave if keyboard else subprocess.DEVNULL,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            # Ctrl-C and a new size go to whom the terminal belongs to.
            preexec_fn=lambda: fcntl.ioctl(1, termios.TIOCSCTTY, 0),
        )

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def pump(self) -> None:
        while select.select([self.master], [], [], 0)[0]:
            self.shown += os.read(self.master, 1 << 16).decode("utf-8", "replace")

    def until(self, condition: Callable[[], object], what: str = "") -> None:
        def met() -> object:
            self.pump()
            return condition() or self.process.poll() is not None

        assert wait_until(met), f"{what} did not come; {self.screen}"
        assert condition(), f"{what} did not come; ended: {self.process.poll()}; {self.screen}"

    @property
    def screen(self) -> str:
        """What was drawn last."""
        return ESCAPES.sub("", self.shown.rpartition("\x1b[H")[2])

    def sees(self, words: str) -> None:
        self.until(lambda: words in self.screen, words)

    def rests(self) -> None:
        end = time.monotonic() + STILL_SECONDS
        wait_until(lambda: self.pump() or time.monotonic() > end)

    def finished(self) -> list[Event]:
        return [event for event in events(self.root) if event.event == "finished"]

    def judged(self, text: str) -> list[str]:
        """The outcomes of the runs of `text` that nothing has cut short."""
        sha256 = digest(text.encode())
        outcomes = [event.outcome for event in self.finished() if event.sha256 == sha256]
        return [outcome for outcome in outcomes if outcome != "interrupted"]

    def gets(self, text: str, outcome: str) -> None:
        self.until(lambda: self.judged(text), f"a verdict on {text!r}")
        assert self.judged(text) == [outcome], self.screen

    def end(self) -> int:
        """Wait for the end: the terminal is as before, and no process is left."""
        self.until(lambda: self.process.poll() is not None, "the end")
        assert termios.tcgetattr(self.slave) == self.before
        assert not left(self.mark)
        return self.process.returncode


@contextmanager
def watching(root: Path, *words: str, **how: Any) -> Iterator[Terminal]:
    terminal = Terminal(root, *words, **how)
    try:
        yield terminal
    finally:
        terminal.process.kill()
        terminal.process.wait()
        os.close(terminal.master)
        os.close(terminal.slave)


def file_of(root: Path, name: str = "alpha") -> Path:
    number = {"alpha": "01", "bravo": "02", "charlie": "03"}[name]
    return root / "katas" / "01_first" / f"{number}_{name}" / f"{name}.py"
