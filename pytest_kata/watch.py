"""`kata watch`: from save to verdict in a tenth of a second.

A pytest session that has collected the katas and does not end: its test loop waits for a save,
runs the kata that was saved through the same runner, recorder and screens as `pytest katas/`, and
waits again. The keeper stays warm, so a run costs a fork. When tests, a `kata.toml` or the kit
itself change, the process starts anew.
"""

from __future__ import annotations

import difflib
import io
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

import pytest
from _pytest._io import TerminalWriter

from pytest_kata import events
from pytest_kata.catalog import Kata, KitError, Track
from pytest_kata.journal import Journal
from pytest_kata.progress import KataProgress, current, fold
from pytest_kata.recording import Recorder
from pytest_kata.render import watch as screens
from pytest_kata.render.terminal import Look
from pytest_kata.runner import Interrupted, Runner
from pytest_kata.selection import BOUND, Kit
from pytest_kata.workspace import PACKAGED, Workspace, read_regular

# An editor that truncates before it writes leaves the file empty, or away, for this long at most.
SETTLE_SECONDS = 0.15
SPIN_SECONDS = 0.1


class Again(BaseException):
    """Tests or the kit have changed: start the process anew."""


def watch(workspace: Workspace, wanted: str, look: Look, out: TextIO) -> int:
    """Watch until q or Ctrl-C; the exit status."""
    os.environ.pop("PYTEST_ADDOPTS", None)
    session = Watch(workspace, wanted, look, out)
    options = ["--import-mode=importlib", "-p", "no:cacheprovider", "-p", "no:terminalprogress"]
    options += ["-o", "addopts=", f"--kata-home={workspace.home}", str(workspace.katas)]
    try:
        pytest.main(options, plugins=[session])
    except Again:
        where = session.kata.id if session.kata and not session.track else wanted
        command = [sys.executable, "-m", "pytest_kata.cli", f"--home={workspace.home}", "watch"]
        os.execv(sys.executable, [*command, *([where] if where else [])])
    return session.status


class Watch:
    """The session, as a pytest plugin."""

    def __init__(self, workspace: Workspace, wanted: str, look: Look, out: TextIO) -> None:
        self.workspace = workspace
        self.catalog = workspace.catalog()
        self.journal = Journal(workspace.journal)
        self.track = self._track(wanted)
        self.kata = None if self.track or not wanted else self.catalog.find(wanted)
        self.screen = screens.Screen(out, look)
        # pytest puts the null device in the place of standard input.
        self.stdin = os.dup(0)
        self.status = 0
        self.broken: list[str] = []
        self.items: dict[str, list[pytest.Item]] = {}
        self.ran: dict[str, bytes] = {}
        self.plugin: Any = None

    def _track(self, wanted: str) -> Track | None:
        for track in self.catalog.tracks:
            if wanted and wanted in (track.folder, track.name):
                return track
        return None

    # ------------------------------------------------------------ pytest's hooks

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        reporter: Any = session.config.pluginmanager.getplugin("terminalreporter")
        reporter._tw = TerminalWriter(io.StringIO())

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken.append(f"{report.nodeid} cannot be collected: {report.longreprtext}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.plugin = session.config.pluginmanager.getplugin("kata-session")
        self.plugin.selection.idle.clear()
        for item in session.items:
            if BOUND in item.stash:
                self.items.setdefault(item.stash[BOUND].kata.id, []).append(item)
        try:
            self._stay(session)
        except KeyboardInterrupt:
            pass
        except events.Terminated:
            self.status = 143
        finally:
            self.plugin.runner.close()
            self.screen.leave()
        return True

    # ------------------------------------------------------------------ the loop

    def _stay(self, session: pytest.Session) -> None:
        runner: Runner = self.plugin.runner
        if session.items:
            # Before there is any thread: what is forked holds no lock of one.
            runner.warm(session.items)
        with ExitStack() as stack:
            resized = stack.enter_context(events.signals())
            keys = stack.enter_context(events.keyboard(self.stdin))
            folders = [self.workspace.katas, self.workspace.solutions, PACKAGED.parent]
            changes = events.Changes(folders)
            stack.callback(changes.close)
            self.wake = [resized, changes.fileno(), *([] if keys is None else [keys])]
            if self.kata is None:
                self.kata = self._current()
            self._warm_up(runner)
            self._first()
            while True:
                ready = events.wait(self.wake)
                if resized in ready:
                    os.read(resized, 1 << 10)
                    self.screen.redraw()
                if changes.fileno() in ready:
                    self._changed(changes.read())
                if keys is not None and keys in ready and not self._key(os.read(keys, 1)):
                    return

    def _warm_up(self, runner: Runner) -> None:
        started = time.monotonic()
        while not runner.is_warm(SPIN_SECONDS):
            self.screen.warming(time.monotonic() - started)

    def _first(self) -> None:
        if self.broken:
            self.screen.show(screens.message("\n".join(self.broken)))
        elif self.kata is None:
            self.screen.show(screens.message("Every kata is solved. l lists them, q quits."))
        elif self.workspace.is_untouched(self.kata) and not self.kata.passes_as_shipped:
            self.screen.show(screens.waiting(self.kata, self._place(self.kata), self.keys))
        else:
            self._run([self.kata], time.time())

    def _changed(self, paths: set[Path]) -> None:
        """A save: of a learner's file, or of something that asks for a new start."""
        saved = []
        for kata in self.catalog:
            if kata.file in paths:
                saved.append(kata)
        if any(self._is_kit(path) for path in paths):
            raise Again
        for kata in saved:
            self._saved(kata)

    def _is_kit(self, path: Path) -> bool:
        """Whether a change of `path` changes the katas' tests, their facts or the kit."""
        if path in {kata.file for kata in self.catalog}:
            return False
        inside = any(
            path.is_relative_to(folder)
            for folder in (self.workspace.katas, self.workspace.solutions, PACKAGED.parent)
        )
        return inside and path.suffix in (".py", ".toml") and not path.name.startswith(".")

    def _saved(self, kata: Kata) -> None:
        content = _settled(kata.file)
        if content is not None and self.ran.get(kata.id) == content:
            return
        self.kata = kata
        saved = kata.file.stat().st_mtime if content is not None else time.time()
        self._run([kata], saved)

    def _key(self, key: bytes) -> bool:
        """Do what a key asks for; False to leave."""
        if key == b"q" or not key:
            return False
        if key == b"l":
            self.screen.show(screens.listing(self.catalog, self._progress(), self._touched()))
        elif key == b"a":
            self._run(list(self._follows()), time.time())
        elif self.kata is not None:
            self._kata_key(key, self.kata)
        return True

    def _kata_key(self, key: bytes, kata: Kata) -> None:
        if key == b"r":
            self._run([kata], time.time())
        elif key == b"n":
            self._next(kata)
        elif key == b"h":
            self._hint(kata)
        elif key == b"s":
            self.journal.append(kata.id, "solution")
            self.screen.show(screens.solution(self.workspace, kata))
        elif key == b"d":
            self.screen.show(screens.difference(self._difference(kata)))

    def _follows(self) -> Sequence[Kata]:
        return self.track.katas if self.track else self.catalog.katas

    def _next(self, kata: Kata) -> None:
        """On to the next unsolved kata, from here to the end and round again."""
        katas = list(self._follows())
        here = katas.index(kata) if kata in katas else -1
        states = self._progress()
        for other in katas[here + 1 :] + katas[: max(here, 0)]:
            if not states.get(other.id, KataProgress()).solved:
                self.kata = other
                self._first()
                return
        self.screen.show(screens.message("Every kata is solved. l lists them, q quits."))

    def _hint(self, kata: Kata) -> None:
        given = self._progress().get(kata.id, KataProgress()).hints
        level = min(given + 1, len(kata.hints))
        if level > given:
            self.journal.append(kata.id, "hint", level=level)
        self.screen.show(screens.hints(kata, level))

    def _difference(self, kata: Kata) -> list[str]:
        def lines(file: Path) -> list[str]:
            return file.read_text(encoding="utf-8", errors="replace").splitlines()

        if not kata.file.is_file():
            return [f"{kata.file.name} is not there"]
        starter = self.workspace.starter(kata)
        return list(difflib.unified_diff(lines(starter), lines(kata.file), "starter",
                                         kata.file.name, lineterm=""))  # fmt: skip

    # ------------------------------------------------------------------- one run

    def _run(self, katas: Sequence[Kata], saved: float) -> None:
        """Run katas and show the verdict; a save in the middle ends it."""
        recorder = Recorder(self.plugin.kits)
        self.plugin.runner.forget()
        self.screen.running(katas)
        try:
            for kata in katas:
                if kata.file.is_file():
                    self.ran[kata.id] = kata.file.read_bytes()
                self._run_kata(kata, recorder)
        except Interrupted:
            self.plugin.runner.cancel()
            # What was saved meanwhile is to be run even if it is what was being run.
            for kata in katas:
                self.ran.pop(kata.id, None)
            return
        finally:
            recorder.close()
        kit = self._kit()
        self.screen.show(screens.verdict(recorder, kit, time.time() - saved, self.keys))

    def _run_kata(self, kata: Kata, recorder: Recorder) -> None:
        recorder.begin(kata, self._kit())
        for item in self.items.get(kata.id, []):
            for report in self.plugin.run(item, self.wake_for_save):
                recorder.take(report)
            recorder.end(item.nodeid)

    @property
    def wake_for_save(self) -> list[int]:
        """What ends a run: a save or a key, but not a resized window."""
        return self.wake[1:]

    @property
    def keys(self) -> bool:
        return len(self.wake) > 2

    def _kit(self) -> Kit:
        kit = next((kit for kit in self.plugin.kits.all), None)
        if kit is None:
            raise KitError("no kata could be collected", where=str(self.workspace.katas))
        return kit  # type: ignore[no-any-return]

    def _progress(self) -> dict[str, KataProgress]:
        return fold(self.journal.events().events)

    def _current(self) -> Kata | None:
        found = current(self.catalog, self._progress())
        if self.track and found not in self.track.katas:
            states = self._progress()
            waiting = [k for k in self.track.katas
                       if not states.get(k.id, KataProgress()).solved]  # fmt: skip
            return (waiting or list(self.track.katas))[0]
        return found

    def _touched(self) -> set[str]:
        return {kata.id for kata in self.catalog if not self.workspace.is_untouched(kata)}

    def _place(self, kata: Kata) -> str:
        return self.workspace.place(kata)


def _settled(file: Path) -> bytes | None:
    """The content of a file that was just saved, once an editor has done with it; None if gone."""
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            content = read_regular(file)
        except OSError:
            content = b""
        if content or time.monotonic() > until:
            return content or (b"" if file.is_file() else None)
        time.sleep(0.005)
