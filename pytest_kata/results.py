"""What one pytest session showed of each kata: outcomes of tests, and words for the failures."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_kata.catalog import Kata
from pytest_kata.curves import Curves
from pytest_kata.feedback import Feedback
from pytest_kata.progress import KataProgress
from pytest_kata.workspace import Workspace


@dataclass
class TestResult:
    """One test: failed if anything about it failed, passed only if its call passed."""

    name: str
    about: str = ""
    place: int = 0
    task: int = 0
    called: bool = False
    failed: bool = False
    feedback: Feedback | None = None
    printed: str = ""
    losses: Curves | None = None

    @property
    def passed(self) -> bool:
        return self.called and not self.failed


@dataclass
class KataResult:
    """One kata in one session.

    `selected` is how many of its tests were asked for, `tests` how many it has. An `idle` kata was
    not run: nobody has started it. `before` is the
    learner's progress when the session began, `after` when it ended.
    """

    kata: Kata
    workspace: Workspace
    label: str
    selected: int = 0
    tests: int = 0
    idle: bool = False
    run: str = ""
    sha256: str = ""
    seconds: float = 0.0
    results: dict[str, TestResult] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    before: KataProgress = field(default_factory=KataProgress)
    after: KataProgress = field(default_factory=KataProgress)

    @property
    def passed(self) -> int:
        return sum(result.passed for result in self.results.values())

    @property
    def failed(self) -> int:
        return len(self.results) - self.passed

    @property
    def outcome(self) -> str:
        """ "passed" if every test that was asked for ran and passed, else "failed".

        A run that was cut short before any test failed is "interrupted".
        """
        if not self.failed and (len(self.done) < self.selected or not self.results):
            return "interrupted"
        return "passed" if self.passed == self.selected > 0 else "failed"

    @property
    def first_failure(self) -> TestResult | None:
        failed = [result for result in self.results.values() if not result.passed]
        return min(failed, key=lambda result: result.place, default=None)

    @property
    def losses(self) -> Curves | None:
        """The training run to show: of the first failed test that has one, else the longest."""
        tests = sorted(self.results.values(), key=lambda test: test.place)
        failed = [test.losses for test in tests if test.losses and not test.passed]
        all_shown = [test.losses for test in tests if test.losses]
        return failed[0] if failed else max(all_shown, key=lambda c: c.steps, default=None)

    @property
    def place(self) -> int:
        """Where the kata stands in the session; workers of xdist report in any order."""
        return min((result.place for result in self.results.values()), default=0)

    @property
    def newly_solved(self) -> bool:
        return self.after.solved and not self.before.solved
