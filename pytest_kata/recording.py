"""From pytest's reports to results and to the journal. Works in the controlling process only."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from pytest_kata.feedback import Feedback
from pytest_kata.journal import Journal, Reading, new_run
from pytest_kata.progress import KataProgress, fold
from pytest_kata.results import KataResult, TestResult
from pytest_kata.selection import Kit
from pytest_kata.workspace import digest


class Recorder:
    """Collects what each kata showed, and writes down the runs of the learner's own files."""

    def __init__(self) -> None:
        self.results: dict[tuple[str, str], KataResult] = {}
        self.problems: list[str] = []
        self.readings: dict[Path, Reading] = {}
        self._journals: dict[Path, Journal] = {}
        self._before: dict[Path, dict[str, KataProgress]] = {}
        self._began: dict[str, float] = {}
        self._keys: dict[str, tuple[str, str]] = {}

    def begin(self, nodeid: str, facts: dict[str, Any], kit: Kit) -> None:
        """A test of a kata is about to run; the kata's first writes `started`."""
        key = (facts["folder"], facts["label"])
        self._keys[nodeid] = key
        if key in self.results:
            return
        kata = next(kata for kata in kit.catalog if str(kata.folder) == facts["folder"])
        result = KataResult(
            kata, kit.workspace, facts["label"], facts["selected"], facts["tests"],
            idle=facts["idle"],
        )  # fmt: skip
        self.results[key] = result
        journal = self.journal(kit)
        if facts["label"] != "learner" or facts["idle"]:
            return
        result.before = self._before[kit.workspace.home].get(kata.id, KataProgress())
        result.run = new_run()
        self._began[result.run] = time.monotonic()
        content = _content(result)
        result.sha256 = digest(content)
        try:
            kit.workspace.archive(content)
        except OSError as error:
            journal.problem = f"{kit.workspace.home} cannot be written ({error.strerror})"
        journal.append(
            kata.id, "started", run=result.run, sha256=result.sha256,
            untouched=kit.workspace.is_untouched(kata),
        )  # fmt: skip

    def knows(self, nodeid: str) -> bool:
        return nodeid in self._keys

    def take(self, nodeid: str, report: Any) -> None:
        """One report of a test that has begun."""
        result = self.results[self._keys[nodeid]]
        facts = report.kata
        test = result.results.setdefault(nodeid, TestResult(facts["name"], facts["about"]))
        if report.when == "call" and report.passed:
            test.called = True
        if report.failed:
            test.failed = True
            told = facts.get("feedback")
            if told and test.feedback is None:
                test.feedback = Feedback.from_dict(told)
                test.printed = report.capstdout

    def end(self, nodeid: str) -> None:
        """A test has come to its end; the kata's last writes `finished`."""
        result = self.results[self._keys[nodeid]]
        result.done.add(nodeid)
        if len(result.done) == result.selected:
            self._finish(result)

    def close(self) -> None:
        """Write down what a session that was cut short leaves."""
        for result in self.results.values():
            self._finish(result)

    def standing(self, kit: Kit) -> dict[str, KataProgress]:
        """How things stand now; also tells each result of `kit` where its kata has come to."""
        reading = self.journal(kit).events()
        self.readings[kit.workspace.home] = reading
        states = fold(reading.events)
        for result in self.results.values():
            if result.workspace == kit.workspace:
                result.after = states.get(result.kata.id, KataProgress())
        return states

    def journal(self, kit: Kit) -> Journal:
        """The journal of a kit; at the first call, also what stood in it before this session."""
        home = kit.workspace.home
        if home not in self._journals:
            journal = self._journals[home] = Journal(kit.workspace.journal)
            self._before[home] = fold(journal.events().events)
        return self._journals[home]

    def _finish(self, result: KataResult) -> None:
        began = self._began.pop(result.run, None)
        if began is None:
            return
        result.seconds = time.monotonic() - began
        self._journals[result.workspace.home].append(
            result.kata.id,
            "finished",
            run=result.run,
            sha256=result.sha256,
            outcome=result.outcome,
            passed=result.passed,
            failed=result.failed,
            tests=result.tests,
            seconds=result.seconds,
        )


def _content(result: KataResult) -> bytes:
    try:
        return result.kata.file.read_bytes()
    except OSError:
        return b""
