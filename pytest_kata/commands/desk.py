"""What every command works with: the kit, the journal, the screen and how things stand."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from pytest_kata.catalog import Catalog, Kata, KitError
from pytest_kata.journal import Journal, notices
from pytest_kata.progress import KataProgress, fold
from pytest_kata.render.rounds import header, news
from pytest_kata.render.terminal import Hanging, Look, look_for
from pytest_kata.replay import Replay
from pytest_kata.rounds import Rounds, fold_rounds
from pytest_kata.rounds import where as where_now
from pytest_kata.workspace import Workspace


class Desk:
    """What every command works with: the kit, the journal and how things stand."""

    def __init__(self, home: str) -> None:
        workspace = Workspace.find(Path.cwd(), home=home)
        if workspace is None:
            raise KitError("there are no katas here", where=str(Path.cwd()), command="kata init .")
        self.workspace = workspace
        self.catalog: Catalog = workspace.catalog()
        self.journal = Journal(workspace.journal)
        self.reading = self.journal.events()
        self.look = stdout_look()

    @property
    def progress(self) -> dict[str, KataProgress]:
        return fold(self.reading.events)

    @property
    def touched(self) -> set[str]:
        """Ids of the katas whose file is not the starter."""
        return {kata.id for kata in self.catalog if not self.workspace.is_untouched(kata)}

    @property
    def rounds(self) -> Rounds:
        return fold_rounds(self.reading.events)

    @property
    def replay(self) -> Replay:
        return Replay(self.workspace, self.catalog, self.journal)

    def settle(self) -> None:
        """End the rounds that are over, and say so."""
        told = self.replay.settle()
        self.reading = self.journal.events()
        for line in news(told, self.catalog, self.rounds, self.look):
            self.say(line)

    def header(self) -> None:
        """The clock of the round that is open."""
        lines = header(self.catalog, self.rounds, time.time(), self.look)
        if lines:
            self.say(*lines, "")

    @property
    def current(self) -> Kata | None:
        return where_now(self.catalog, self.progress, self.rounds)

    def kata(self, word: str | None) -> Kata:
        """The kata called `word`, or the one the learner is at."""
        if word:
            return self.catalog.find(word)
        found = self.current
        if found is None:
            raise KitError("every kata is solved, so say which one", command="kata list")
        return found

    def say(self, *lines: RenderableType) -> None:
        print(self.look.draw(lines))

    @property
    def notes(self) -> list[str]:
        """What of kit and journal could not be used, a sentence each."""
        told = (*notices(self.reading), self.journal.problem)
        return [*map(str, self.catalog.problems), *(note for note in told if note)]

    def say_problems(self) -> None:
        for problem in self.catalog.problems:
            self.say(Text(str(problem), "red"))
        for note in (*notices(self.reading), self.journal.problem):
            if note:
                self.say(Hanging("note: ", note, "yellow"))


def stdout_look() -> Look:
    """What standard output can show; NO_COLOR, FORCE_COLOR, TERM and COLUMNS are respected."""
    stream = sys.stdout
    color = stream.isatty() and os.environ.get("TERM") != "dumb"
    color = (color or bool(os.environ.get("FORCE_COLOR"))) and not os.environ.get("NO_COLOR")
    return look_for(stream.encoding, shutil.get_terminal_size().columns, color)


def say_json(values: object) -> None:
    """ASCII, so that it can be printed anywhere; what it could not use is told in its notes."""
    print(json.dumps(values, indent=2))
