"""`kata watch`: from save to verdict in a tenth of a second.

A pytest session that has collected the katas and does not end: its test loop waits for a save,
runs the kata that was saved through the same runner, recorder and screens as `pytest katas/`, and
waits again. The keeper stays warm, so a run costs a fork. When tests, a `kata.toml` or the kit
itself change, the process starts anew.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

import pytest
from _pytest._io import TerminalWriter
from rich.console import RenderableType

from pytest_kata import events
from pytest_kata.catalog import Kata, KitError
from pytest_kata.course import Course
from pytest_kata.dojo import Dojo
from pytest_kata.journal import Journal
from pytest_kata.practice import one_more_hint, open_solution, too_early
from pytest_kata.recording import Recorder
from pytest_kata.render import watch as screens
from pytest_kata.render.rounds import header, news, seats
from pytest_kata.render.terminal import Look
from pytest_kata.replay import News, Replay
from pytest_kata.runner import Interrupted, Runner, Wake
from pytest_kata.selection import BOUND, LEARNER, Kit
from pytest_kata.session import KataSession, session_of
from pytest_kata.workspace import PACKAGED, Workspace, content_of, digest, settled_content_of

SPIN_SECONDS = 0.1
# In the place of a change: saves are seen from here on. One may have come just before.
WATCHING = Path()
# Keys that end a run; what the others ask for comes when the run is over.
HASTY_KEYS = b"qnrax"
# How often a clock that is shown is drawn anew.
TICK_SECONDS = 1.0
NO_NEWS = News()
_ALL_SOLVED = "Every kata is solved. l lists them, q quits."


class Again(BaseException):
    """Tests or the kit have changed: start the process anew."""


def watch(
    workspace: Workspace, wanted: str, look: Look, out: TextIO, dojo: Dojo | None = None
) -> int:
    """Watch until q or Ctrl-C; the exit status."""
    os.environ.pop("PYTEST_ADDOPTS", None)
    session = Watch(workspace, wanted, look, out, dojo)
    options = ["--import-mode=importlib", "-p", "no:cacheprovider", "-p", "no:terminalprogress"]
    options += ["-o", "addopts=", f"--kata-home={workspace.home}", str(workspace.katas)]
    status = pytest.main(options, plugins=[session])
    try:
        if session.ended_by is not None:
            raise session.ended_by
    except KeyboardInterrupt:
        return 0
    except events.Terminated:
        return 143
    except Again:
        where = session.kata.id if session.kata and not session.course.track else wanted
        command = [sys.executable, "-m", "pytest_kata.cli", f"--home={workspace.home}"]
        command += dojo.words() if dojo else ["watch"]
        return _replace([*command, *([where] if where else [])])
    return 0 if session.stayed else int(status)


class Watch:
    """The session, as a pytest plugin."""

    def __init__(
        self, workspace: Workspace, wanted: str, look: Look, out: TextIO, dojo: Dojo | None
    ) -> None:
        self.workspace = workspace
        self.catalog = workspace.catalog()
        self.journal = Journal(workspace.journal)
        self.dojo = dojo
        self.course = Course(workspace, self.catalog, self.journal, wanted)
        self.kata = None if self.course.track or not wanted else self.catalog.find(wanted)
        self.screen = screens.Screen(out, look, self._header)
        # pytest puts the null device in the place of standard input.
        self.stdin = os.dup(0)
        self.stayed = False
        self.ended_by: BaseException | None = None
        self.broken: list[str] = []
        self.items: dict[str, list[pytest.Item]] = {}
        # Kata id -> hash of the content that was last looked at or run.
        self.seen: dict[str, str] = {}
        self.wake: Wake = {}
        # What has happened and has not been answered yet.
        self.changed: set[Path] = set()
        self.typed = b""
        # Id of the kata whose solution was asked for before its time, with the last key.
        self.asked = ""
        self.katas: KataSession

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
        self.stayed = True
        self.katas = session_of(session.config)
        self.katas.selection.idle.clear()
        for item in session.items:
            if BOUND in item.stash:
                self.items.setdefault(item.stash[BOUND].kata.id, []).append(item)
        try:
            self._stay(session)
        except BaseException as problem:
            # Raised again outside of pytest, which would keep it to itself.
            self.ended_by = problem
        finally:
            self.katas.runner.close()
            self.screen.leave()
        return True

    # ------------------------------------------------------------------ the loop

    def _stay(self, session: pytest.Session) -> None:
        runner: Runner = self.katas.runner
        if session.items:
            # Before there is any thread: what is forked holds no lock of one.
            runner.warm(session.items)
        with ExitStack() as stack:
            resized = stack.enter_context(events.signals())
            keys = stack.enter_context(events.keyboard(self.stdin))
            folders = [self.workspace.katas, PACKAGED.parent]
            changes = events.Changes(folders, self._matters)
            stack.callback(changes.close)
            self.wake = {changes.fileno(): lambda: self._note(changes.read())}
            if keys is not None:
                self.wake[keys.fileno()] = lambda: self._note_keys(keys.read())
            told = self._settle()
            # What ended while the session began has been settled by the plugin.
            for before in self.katas.recorder.news.pop(self.workspace.home, []):
                told = before if told == NO_NEWS else told
            if self.kata is None:
                self.kata = self.course.current()
            self._warm_up(runner)
            self._first(told)
            while self._answer():
                if not runner.has_keeper and session.items:
                    # Learner code has ended it; the next save should not wait for another.
                    runner.warm(session.items)
                if self.kata is not None:
                    runner.expect(self.items.get(self.kata.id, []))
                ticks = self.dojo is not None or self.course.rounds.open
                ready = events.wait([resized.fileno(), *self.wake], TICK_SECONDS if ticks else None)
                if not ready:
                    self._tick()
                if resized.fileno() in ready:
                    resized.read()
                    self.screen.redraw()
                for descriptor in ready:
                    if descriptor in self.wake:
                        self.wake[descriptor]()

    def _tick(self) -> None:
        """A second has passed on a clock that is shown."""
        told = self._settle()
        if told.closed or told.opened or told.ended:
            self._first(told)
        else:
            self.screen.tick()

    def _settle(self) -> News:
        """End the rounds that are over, and follow the one that begins."""
        if self.dojo is not None:
            self.journal.driver = self.dojo.seats(time.time()).driver
        try:
            told = Replay(self.workspace, self.catalog, self.journal).settle()
        except KitError as problem:
            self.screen.show(screens.message(str(problem)))
            return News()
        for one in (*told.closed, *([told.opened] if told.opened else [])):
            kata = next((kata for kata in self.catalog if kata.id == one.kata), None)
            if kata is not None:
                # Laid by us, and no save.
                self.seen[kata.id] = digest(content_of(kata.file))
        if told.opened is not None:
            self.kata = self.catalog.find(told.opened.kata)
        return told

    def _header(self, look: Look) -> list[RenderableType]:
        now = time.time()
        lines = seats(self.dojo.seats(now), look) if self.dojo is not None else []
        return [*lines, *header(self.catalog, self.course.rounds, now, look)]

    def _matters(self, path: Path) -> bool:
        return self._is_kit(path) or any(kata.file == path for kata in self.catalog)

    def _note(self, paths: set[Path]) -> bool:
        """Remember what has changed; whether it ends a run."""
        self.changed |= paths or {WATCHING}
        news = [k for k in self.catalog if k.file in paths and self._is_news(k, content_of(k.file))]
        return bool(news) or any(map(self._is_kit, paths))

    def _note_keys(self, keys: bytes) -> bool:
        self.typed += keys
        return any(key in HASTY_KEYS for key in keys)

    def _is_news(self, kata: Kata, content: bytes) -> bool:
        return self.seen.get(kata.id) != digest(content)

    def _answer(self) -> bool:
        """Answer all that has happened; False to leave."""
        while self.changed or self.typed:
            if self.changed:
                self.asked = ""
                paths, self.changed = self.changed, set()
                self._changed(paths)
            else:
                key, self.typed = self.typed[:1], self.typed[1:]
                if key == b"q":
                    return False
                try:
                    self._key(key)
                except KitError as problem:
                    self.screen.show(screens.message(str(problem), self.keys))
        return True

    def _warm_up(self, runner: Runner) -> None:
        started = time.monotonic()
        while not runner.is_warm(SPIN_SECONDS):
            self.screen.warming(time.monotonic() - started)

    def _first(self, told: News = NO_NEWS) -> None:
        """The first screen of a kata; `told` is what brought us to it."""
        if self.broken:
            self.screen.show(screens.message("\n".join(self.broken)))
        elif told.ended is not None:
            self.screen.show(screens.ended(self._news(told), self.keys))
        elif self.kata is None:
            self.screen.show(screens.message(_ALL_SOLVED))
        elif self.workspace.is_untouched(self.kata) and not self.kata.passes_as_shipped:
            self.seen[self.kata.id] = digest(content_of(self.kata.file))
            waiting = screens.waiting(self.kata, self.workspace.place(self.kata), self.keys)
            self.screen.show(screens.after(self._news(told), waiting))
        else:
            self._run([self.kata], time.time())

    def _news(self, told: News) -> screens.Drawing:
        rounds = self.course.rounds
        return lambda look: look.draw(news(told, self.catalog, rounds, look)).splitlines()

    def _changed(self, paths: Collection[Path]) -> None:
        """A save: of a learner's file, or of something that asks for a new start."""
        if any(map(self._is_kit, paths)):
            problems = self.workspace.catalog().problems
            if not problems:
                raise Again
            self.screen.show(screens.message("\n".join(map(str, problems))))
        for kata in self.catalog:
            if kata.file in paths or (WATCHING in paths and kata is self.kata):
                self._saved(kata)

    def _is_kit(self, path: Path) -> bool:
        """Whether `path` is one of the katas' tests, their facts, or of the kit itself."""
        if path.is_relative_to(self.workspace.katas):
            name = path.name
            test = name.startswith("test_") and path.suffix == ".py"
            return test or name in ("kata.toml", "conftest.py")
        return path.suffix == ".py" and not path.name.startswith(".")

    def _saved(self, kata: Kata) -> None:
        if not self._is_news(kata, settled_content_of(kata.file)):
            return
        self.kata = kata
        try:
            # Unlike mtime, it cannot be set to another time; a rename sets it as well.
            saved = kata.file.stat().st_ctime
        except OSError:
            saved = time.time()
        self._run([kata], saved)

    def _key(self, key: bytes) -> None:
        if key != b"s":
            self.asked = ""
        if key == b"x" and self.dojo is not None:
            self.dojo.change(time.time())
            self._settle()
            self.screen.redraw()
        elif key == b"l":
            progress, touched = self.course.progress, self.course.touched
            self.screen.show(screens.listing(self.catalog, progress, touched))
        elif key == b"a":
            self._run(list(self.course.katas), time.time())
        elif self.kata is not None:
            self._kata_key(key, self.kata)

    def _kata_key(self, key: bytes, kata: Kata) -> None:
        if key == b"r":
            self._run([kata], time.time())
        elif key == b"n":
            self._next(kata)
        elif key == b"h":
            state, playing = self.course.state(kata), self.course.playing(kata)
            given = one_more_hint(self.journal, kata, state, playing)
            self.screen.show(screens.hints(kata, given))
        elif key == b"s":
            self._solution(kata)
        elif key == b"d":
            self.screen.show(screens.difference(self.course.difference(kata)))

    def _solution(self, kata: Kata) -> None:
        """The solution; before its time what it costs, and the solution if asked once more."""
        state, playing = self.course.state(kata), self.course.playing(kata)
        said = "" if self.asked == kata.id else too_early(kata, state, playing)
        if said:
            self.asked = kata.id
            self.screen.show(screens.early(said))
            return
        file = open_solution(self.journal, self.workspace, kata, state, playing)
        self.screen.show(screens.solution(file.read_text(encoding="utf-8")))

    def _next(self, kata: Kata) -> None:
        following = self.course.after(kata)
        if following is None and self.course.rounds.challenge is None:
            self.screen.show(screens.message(_ALL_SOLVED))
            return
        self.kata = following
        self._first()

    # ------------------------------------------------------------------- one run

    def _run(self, katas: Sequence[Kata], saved: float) -> None:
        """Run katas and show the verdict; a save in the middle ends it."""
        if not all(self.items.get(kata.id) for kata in katas):
            words = self.broken or [f"{self.workspace.shown(katas[0].folder)} has no tests"]
            self.screen.show(screens.message("\n".join(words)))
            return
        # An attempt that comes too late is none.
        told = self._settle()
        if told.closed or told.ended:
            self._first(told)
            return
        recorder = Recorder(self.katas.kits, [self.journal])
        self.katas.start_over()
        try:
            for kata in katas:
                self._run_kata(kata, recorder)
        except Interrupted:
            self.katas.runner.cancel()
            # What was saved meanwhile is to be run even if it is what was being run.
            for kata in katas:
                self.seen.pop(kata.id, None)
            return
        finally:
            recorder.close()
        seconds = time.time() - saved
        recorder.prove(self._kit())
        told = self._settle()
        recorder.news = {self.workspace.home: [told]}
        self.screen.show(screens.verdict(recorder, self._kit(), seconds, self.keys))

    def _run_kata(self, kata: Kata, recorder: Recorder) -> None:
        recorder.begin(kata, self._kit())
        # Not read once more: what the journal names is what was seen.
        self.seen[kata.id] = recorder.results[str(kata.folder), LEARNER].sha256
        for item in self.items.get(kata.id, []):
            for report in self.katas.run(item, self.wake):
                recorder.take(report)
            recorder.end(item.nodeid)

    @property
    def keys(self) -> bool:
        return len(self.wake) > 1

    def _kit(self) -> Kit:
        kit: Kit = next(iter(self.katas.kits.all))
        return kit


def _replace(command: list[str]) -> int:
    """Start the process anew."""
    if sys.platform == "win32":
        # There, who executes another program gives the terminal back to the shell.
        return subprocess.call(command)
    os.execv(command[0], command)
