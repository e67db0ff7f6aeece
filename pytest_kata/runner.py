"""A kata's tests in a child process, so that learner code can harm nothing but its own verdict.

This is pytest's side: it asks a keeper to run tests and turns what comes back into reports. Only
what a child itself reported as passed, in a test that came to its end, is passed; anything that
is missing is a failure.
"""

from __future__ import annotations

import os
import select
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import pytest

from pytest_kata import processes, verdict
from pytest_kata.channel import FORGED
from pytest_kata.child import clip
from pytest_kata.feedback import LIMIT, Feedback
from pytest_kata.keepers import PREPARE_SECONDS, Forked, Keeper, Message, Spawned
from pytest_kata.limits import GRACE_SECONDS
from pytest_kata.selection import BOUND

# How often to see whether the keeper has been stopped.
LOOK_SECONDS = 1.0
# After this many tests that ran into their limit, the others of the kata are not run.
LATE_TESTS = 2
_LATE = f"not run, because {LATE_TESTS} tests before it ran into their time limit"


# Descriptors to look at during a run. What belongs to one is called when it can be read, and says
# whether that ends the run.
Wake = Mapping[int, Callable[[], bool]]
IDLE: Wake = {}


class Interrupted(Exception):
    """Something has happened that ends the run; it is then to be cancelled."""


class Lost(Exception):
    """The keeper says no more; it was silent for so many seconds, or None if it is gone."""

    def __init__(self, late: float | None = None) -> None:
        self.late = late


class Runner:
    """Runs kata items, one at a time as pytest asks for them, batches of them in one child."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._keeper: Keeper | None = None
        self._messages: list[Message] = []
        self._queue: list[pytest.Item] = []
        self._wake = IDLE
        self._late: dict[tuple[str, str], int] = {}

    def run(
        self,
        item: pytest.Item,
        following: Sequence[pytest.Item],
        facts: dict[str, Any],
        wake: Wake = IDLE,
    ) -> list[Any]:
        """The reports of `item`.

        `following` are the tests that the same child may go on with; `facts` go into a report
        that no child has made. Raises Interrupted when what `wake` looks at asks for it.
        """
        self._wake = wake
        key = item.stash[BOUND].key
        if self._late.get(key, 0) >= LATE_TESTS:
            return [failed_report(item, verdict.of_death(item, _LATE, []), facts, [])]
        if not self._queue or self._queue[0] is not item:
            self._ask([item, *following])
        self._queue.pop(0)
        reports, told = self._collect(item)
        failures = [report for report in reports if report.failed]
        if told is not None:
            # The child is gone, or not to be trusted any more.
            self._queue = []
            printed = self._leftover_output()
            reports = failures or [failed_report(item, told, facts, printed)]
        told_of = [report.kata.get("feedback", {}) for report in reports if report.failed]
        if any(words.get("rung") == LIMIT for words in told_of):
            self._late[key] = self._late.get(key, 0) + 1
        if not self._queue and self._keeper is not None and self._keeper.serves_once:
            self.close()
        return reports

    def warm(self, items: list[pytest.Item]) -> None:
        """Start the keeper and let it load what `items` need, without waiting for it."""
        self._start(items).warm()

    def is_warm(self, seconds: float) -> bool:
        """Whether the keeper is ready, or gone, within `seconds`."""
        if self._keeper is None:
            return True
        ready, _, _ = select.select([self._keeper], [], [], seconds)
        if ready:
            self._messages += self._keeper.receive() or []
        return bool(ready)

    def expect(self, batch: Sequence[pytest.Item]) -> None:
        """Make ready for `batch`, which will probably be run next."""
        if batch:
            (self._keeper or self._start(batch[0].session.items)).expect(batch)

    @property
    def has_keeper(self) -> bool:
        """Whether a keeper is there: the first run starts one, and learner code may end it."""
        return self._keeper is not None

    def forget(self) -> None:
        """Forget which tests of an earlier run ran into their limits."""
        self._late = {}

    def cancel(self) -> None:
        """End the run that is under way, and what it has said."""
        self._queue, self._messages = [], []
        if self._keeper is not None and not self._keeper.cancel():
            self.close()

    def close(self) -> None:
        """End the keeper, and with it everything that learner code has started."""
        self._queue, self._messages = [], []
        if self._keeper is not None:
            self._keeper.end()
            self._keeper = None

    def _ask(self, batch: list[pytest.Item]) -> None:
        if self._queue:
            # A batch that is not wanted any more.
            self.close()
        items = batch[0].session.items
        keeper = self._keeper or self._start(items)
        try:
            keeper.ask(batch)
        except OSError:
            # Something has ended the keeper since the last run.
            self.close()
            self._start(items).ask(batch)
        self._queue = batch

    def _start(self, items: list[pytest.Item]) -> Keeper:
        start = Forked if processes.CAN_FORK else Spawned
        self._keeper = start(items, self._config)
        return self._keeper

    def _collect(self, item: pytest.Item) -> tuple[list[Any], Feedback | None]:
        """Reports of `item` up to its end; and words, if it did not come to a good one."""
        hook = self._config.hook
        reports: list[Any] = []
        patience = PREPARE_SECONDS
        while True:
            try:
                message = self._next(patience)
            except Lost as lost:
                return reports, self._bury(item, lost.late)
            if "factor" in message:
                patience *= message["factor"]
            elif "begin" in message:
                assert self._keeper is not None
                patience = item.stash[BOUND].kata.seconds + self._keeper.grace
            elif "warning" in message:
                self._warn(message)
            elif "report" in message:
                report = hook.pytest_report_from_serializable(
                    config=self._config, data=_tuples(message["report"])
                )
                if not _is_whole(report):
                    return reports, self._bury(item, why=FORGED)
                reports.append(report)
            elif "dead" in message:
                stack = [(path, line) for path, line in message["stack"]]
                rung = LIMIT if message["late"] else "raised"
                return reports, verdict.of_death(item, message["dead"], stack, rung)
            elif "end" in message:
                told = _bad_end(item, message)
                if told is None and not _is_judged(reports):
                    told = self._bury(item, why="the test did not run to its end")
                return reports, told

    def _warn(self, message: dict[str, Any]) -> None:
        """Record a child's warning as if it had been raised here."""
        module, name = message["category"]
        category, text = getattr(sys.modules.get(module), name, None), message["warning"]
        if not (isinstance(category, type) and issubclass(category, Warning)):
            # The learner's own: pytest does not know it, and cannot pass it on.
            category, text = UserWarning, f"{name}: {text}"
        told = warnings.WarningMessage(
            UserWarning(text), category, message["filename"], message["lineno"]
        )
        self._config.hook.pytest_warning_recorded.call_historic(
            kwargs={
                "warning_message": told,
                "when": "runtest",
                "nodeid": message["nodeid"],
                "location": None,
            }
        )

    def _next(self, seconds: float) -> Message:
        """The keeper's next message. Raises Lost if there is none within `seconds`.

        A keeper ends what is too slow by itself. If it does not, something has happened to it.
        """
        keeper = self._keeper
        assert keeper is not None
        began, stretched = time.monotonic(), False
        while not self._messages:
            ready, _, _ = select.select([keeper.fileno(), *self._wake], [], [], LOOK_SECONDS)
            if keeper.fileno() in ready:
                messages = keeper.receive()
                if messages is None:
                    raise Lost
                self._messages += messages
            elif ready:
                if any(self._wake[descriptor]() for descriptor in ready):
                    raise Interrupted
            elif keeper.is_stopped():
                raise Lost
            elif time.monotonic() >= began + seconds:
                if stretched:
                    raise Lost(time.monotonic() - began)
                stretched = True
                seconds = seconds * keeper.machine_factor() + GRACE_SECONDS
        return self._messages.pop(0)

    def _bury(self, item: pytest.Item, late: float | None = None, why: str = "") -> Feedback:
        """End a keeper that is dead, does not answer or has been lied to, and say why."""
        assert self._keeper is not None
        gone = self._keeper.bury(late)
        self._keeper, self._messages = None, []
        rung = LIMIT if gone.late else "raised"
        return verdict.of_death(item, why or gone.why, gone.stack, rung)

    def _leftover_output(self) -> list[tuple[str, str]]:
        """What a dead child had printed: it shared the file that pytest captures into."""
        capture = self._config.pluginmanager.getplugin("capturemanager")
        if capture is None or not capture.is_globally_capturing():
            return []
        for stream in (capture._global_capturing.out, capture._global_capturing.err):
            # Learner code may have made the shared file larger than memory.
            with suppress(AttributeError, OSError):
                if os.fstat(stream.tmpfile.fileno()).st_size > processes.FILE_BYTES:
                    os.ftruncate(stream.tmpfile.fileno(), processes.FILE_BYTES)
        out, err = capture.read_global_capture()
        pairs = (("Captured stdout call", out), ("Captured stderr call", err))
        return [(name, clip(text)) for name, text in pairs if text]


def _bad_end(item: pytest.Item, message: dict[str, Any]) -> Feedback | None:
    """Words for a test that ran to its end and may still not be believed; None if it may."""
    if message["escaped"]:
        return Feedback.from_dict(message["escaped"])
    why = ""
    if message["broken"]:
        why = f"your code replaced {message['broken']}, which the tests rely on"
    elif message["processes"]:
        why = "your code left a process running"
    elif message["threads"]:
        why = "your code left a thread running that Python would wait for"
    elif message["late"]:
        why = "the test did not run to its end"
    return verdict.of_death(item, why, []) if why else None


def _is_whole(report: Any) -> bool:
    """Whether this is a report as our reporter makes them."""
    facts = getattr(report, "kata", None)
    if not isinstance(report, pytest.TestReport) or not isinstance(facts, dict):
        return False
    return not report.failed or "feedback" in facts


def _is_judged(reports: Sequence[Any]) -> bool:
    """Whether the reports say that the test passed, or that it failed; there is no third."""
    return any(r.failed or (r.when == "call" and r.passed) for r in reports)


def failed_report(
    item: pytest.Item, told: Feedback, facts: dict[str, Any], sections: list[tuple[str, str]]
) -> Any:
    """The failed report of a test that its child has not reported, or not to be believed."""
    return unrun_report(item, told.plain, {**facts, "feedback": told.to_dict()}, sections)


def unrun_report(
    item: pytest.Item,
    words: str,
    facts: dict[str, Any],
    sections: Sequence[tuple[str, str]] = (),
) -> Any:
    """The failed report of a test that was not run here."""
    now = time.time()
    report: Any = pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords={},
        outcome="failed",
        longrepr=words,
        when="call",
        sections=sections,
        start=now,
        stop=now,
    )
    report.kata = facts
    return report


def _tuples(report: dict[str, Any]) -> dict[str, Any]:
    """JSON has no tuples; pytest expects them in these places."""
    for key in ("sections", "user_properties"):
        report[key] = [tuple(pair) for pair in report.get(key) or ()]
    for key in ("longrepr", "location"):
        if isinstance(report.get(key), list):
            report[key] = tuple(report[key])
    return report
