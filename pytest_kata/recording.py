"""From pytest's reports to results and to the journal. Works in the controlling process only."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pytest_kata import curves
from pytest_kata.badges import CORE, MASTER, Badge, badges, proven_at
from pytest_kata.catalog import Kata, KitError
from pytest_kata.feedback import Feedback
from pytest_kata.journal import BADGE, Event, Journal, Reading, new_run
from pytest_kata.progress import KataProgress, fold
from pytest_kata.replay import News, Replay
from pytest_kata.results import KataResult, TestResult
from pytest_kata.rounds import Challenge, fold_rounds
from pytest_kata.selection import LEARNER, Kit, Kits
from pytest_kata.workspace import content_of, digest

Key = tuple[str, str]
# What badges are given for.
Standing = tuple[dict[str, KataProgress], float | None, list[Challenge]]


class Recorder:
    """Collects what each kata showed, and writes down the runs of the learner's own files."""

    def __init__(self, kits: Kits, journals: Iterable[Journal] = ()) -> None:
        """`journals` are those already at hand: what they have read is not read again."""
        self.results: dict[Key, KataResult] = {}
        self.problems: list[str] = []
        self.readings: dict[Path, Reading] = {}
        # What has become of rounds, for each home.
        self.news: dict[Path, list[News]] = {}
        # Homes in which this session has begun a challenge.
        self.challenged: set[Path] = set()
        self._kits = kits
        self._at_hand = {journal.path: journal for journal in journals}
        self._journals: dict[Path, Journal] = {}
        self._before: dict[Path, Standing] = {}
        self._began: dict[str, float] = {}
        self._keys: dict[str, Key] = {}

    def begin(self, kata: Kata, kit: Kit) -> None:
        """Learner code is about to run; the first time for a kata, write `started`."""
        key = (str(kata.folder), LEARNER)
        if key in self.results:
            return
        journal = self.journal(kit)
        content = content_of(kata.file)
        result = KataResult(kata, kit.workspace, LEARNER, run=new_run(), sha256=digest(content))
        result.before = self._before[kit.workspace.home][0].get(kata.id, KataProgress())
        self.results[key] = result
        self._began[result.run] = time.monotonic()
        try:
            kit.workspace.archive(content)
        except OSError as error:
            journal.problem = f"{kit.workspace.home} cannot be written ({error.strerror})"
        journal.append(
            kata.id,
            "started",
            run=result.run,
            sha256=result.sha256,
            untouched=kit.workspace.is_untouched(kata),
        )

    def take(self, report: Any) -> None:
        """One report of a test of a kata."""
        facts = report.kata
        key = self._keys[report.nodeid] = (facts["folder"], facts["label"])
        found = self._kits.kata_in(Path(facts["folder"]))
        if not isinstance(found, tuple):
            return
        if facts["label"] == LEARNER and not facts["idle"]:
            self.begin(*found)
        elif key not in self.results:
            kata, kit = found
            self.results[key] = KataResult(kata, kit.workspace, facts["label"], idle=facts["idle"])
        result = self.results[key]
        result.selected, result.tests = facts["selected"], facts["tests"]
        test = result.results.setdefault(
            report.nodeid, TestResult(facts["name"], facts["about"], facts["place"], facts["task"])
        )
        if report.when == "call" and report.passed:
            test.called = True
        test.losses = curves.read(facts.get("losses")) or test.losses
        if report.failed:
            test.failed = True
            if test.feedback is None and facts.get("feedback"):
                test.feedback = Feedback.from_dict(facts["feedback"])
                test.printed = report.capstdout

    def end(self, nodeid: str) -> None:
        """A test has come to its end; the kata's last writes `finished`."""
        key = self._keys.get(nodeid)
        if key in self.results:
            result = self.results[key]
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

    def replay(self, kit: Kit) -> Replay:
        return Replay(kit.workspace, kit.catalog, self.journal(kit))

    def settle(self, kit: Kit) -> None:
        """End the rounds that are over; what cannot be done is a problem to show."""
        try:
            told = self.replay(kit).settle()
        except KitError as problem:
            self.problems.append(str(problem))
            return
        if told != News():
            self.news.setdefault(kit.workspace.home, []).append(told)

    def prove(self, kit: Kit) -> None:
        """Write down that all of the core has passed in this session, the first time it has."""
        passed = {
            result.kata.id
            for result in self.results.values()
            if result.workspace == kit.workspace
            and result.label == LEARNER
            and (result.outcome, result.selected) == ("passed", result.tests)
        }
        journal = self.journal(kit)
        if passed.issuperset(CORE) and proven_at(journal.events().events) is None:
            journal.append("", BADGE, mode=MASTER)

    def new_badges(self, kit: Kit) -> list[Badge]:
        """The badges that this session has earned."""
        events = self.readings[kit.workspace.home].events
        after = badges(kit.catalog, *_standing(events))
        before = badges(kit.catalog, *self._before[kit.workspace.home])
        return [
            new
            for new, old in zip(after, before, strict=True)
            if (new.earned, new.is_due) != (old.earned, old.is_due)
        ]

    def journal(self, kit: Kit) -> Journal:
        """The journal of a kit; at the first call, also what stood in it before this session."""
        home = kit.workspace.home
        if home not in self._journals:
            path = kit.workspace.journal
            journal = self._journals[home] = self._at_hand.get(path) or Journal(path)
            # What went wrong before this session has been told.
            journal.problem = ""
            events = journal.events().events
            self._before[home] = _standing(events)
        return self._journals[home]

    def _finish(self, result: KataResult) -> None:
        began = self._began.pop(result.run, None)
        if began is None:
            return
        result.seconds = time.monotonic() - began
        # Saved meanwhile: nobody knows which tests saw which content.
        same = digest(content_of(result.kata.file)) == result.sha256
        first = result.first_failure
        losses = result.losses if same else None
        self._journals[result.workspace.home].append(
            result.kata.id,
            "finished",
            run=result.run,
            sha256=result.sha256,
            outcome=result.outcome if same else "interrupted",
            passed=result.passed,
            failed=result.failed,
            tests=result.tests,
            seconds=result.seconds,
            task=first.task if first else 0,
            losses=curves.written(losses) if losses else "",
        )


def _standing(events: Sequence[Event]) -> Standing:
    return fold(events), proven_at(events), fold_rounds(events).challenges
