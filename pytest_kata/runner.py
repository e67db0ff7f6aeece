"""A kata's tests in a child process, so that learner code can harm nothing but its own verdict.

The controlling process forks one child for the selected tests of a kata; the child runs them with
pytest's own protocol and sends each report, as a line of JSON, over a pipe. A child that dies or
outlives its limit fails the test it was in, and a new child goes on with the rest. Only what the
child itself reported as passed is passed.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pytest
from _pytest.runner import runtestprotocol

from pytest_kata import limits
from pytest_kata.feedback import Feedback
from pytest_kata.lazy import torch_is_loaded
from pytest_kata.selection import BOUND

CAN_FORK = hasattr(os, "fork") and sys.platform != "win32"

# The soft stop inside the child gets this long to speak before the hard stop.
GRACE_SECONDS = 1.0
START_SECONDS = 10.0

Report = pytest.TestReport


@dataclass
class Child:
    """A forked process, the tests it was given, and what it has sent so far."""

    pid: int
    pipe: int
    queue: list[pytest.Item]
    buffer: bytes = b""
    messages: list[dict[str, Any]] = field(default_factory=list)
    status: int | None = None


class Runner:
    """Runs kata items in children, one item at a time as pytest asks for them."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._child: Child | None = None

    def run(
        self, item: pytest.Item, following: Sequence[pytest.Item], facts: dict[str, Any]
    ) -> list[Report]:
        """The reports of `item`.

        `following` are the tests that the same child may go on with; `facts` go into the report
        of a test whose child died.
        """
        child = self._child
        if child is None or not child.queue or child.queue[0] is not item:
            self.close()
            child = self._child = self._start([item, *following])
        child.queue.pop(0)
        reports, why, seconds = self._collect(child, item)
        if why:
            told = Feedback("limit", why)
            reports.append(_dead(item, told, seconds, facts, self._config))
        if why or not child.queue:
            self.close()
        return reports

    def close(self) -> None:
        """End the child, whatever it is doing, with everything it started."""
        child, self._child = self._child, None
        if child is not None:
            _kill(child)
            os.close(child.pipe)

    def _start(self, items: list[pytest.Item]) -> Child:
        _prepare(items)
        reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _child_main(items, writing, self._config)
        os.close(writing)
        return Child(pid, reading, list(items))

    def _collect(self, child: Child, item: pytest.Item) -> tuple[list[Report], str, float]:
        """Reports of `item` up to its end, how the child died before it, if so, and the seconds."""
        hook = self._config.hook
        reports: list[Report] = []
        began = time.monotonic()
        deadline = began + START_SECONDS
        stretched = False
        while True:
            message = _next_message(child, deadline)
            now = time.monotonic()
            if message is None and now < deadline:
                return reports, _cause_of_death(child), now - began
            if message is None and not stretched:
                # Only now is it worth knowing how busy this machine is.
                stretched = True
                deadline += _seconds(item) * (limits.machine_factor() - 1)
            elif message is None:
                return reports, _too_slow(item, now - began), now - began
            elif "begin" in message:
                began = now
                deadline = began + _seconds(item) + GRACE_SECONDS
            elif "report" in message:
                table = _tuples(message["report"])
                reports.append(
                    hook.pytest_report_from_serializable(config=self._config, data=table)
                )
            elif "end" in message:
                return reports, "", now - began


def _too_slow(item: pytest.Item, used: float) -> str:
    words = limits.words(_seconds(item), limits.machine_factor(), used)
    return f"your code did not stop at its time limit and was ended ({words})"


def _seconds(item: pytest.Item) -> float:
    return item.stash[BOUND].kata.seconds


def _prepare(items: Sequence[pytest.Item]) -> None:
    """What children inherit ready-made: torch where the tests use it, and frozen memory."""
    if any("torch" in vars(item.module) for item in items if isinstance(item, pytest.Function)):
        import torch

        # Parallel operations before a fork hang every torch operation after it.
        torch.set_num_threads(1)
    gc.collect()
    gc.freeze()


def _next_message(child: Child, deadline: float) -> dict[str, Any] | None:
    """The child's next message; None when it is dead or the deadline has passed."""
    while not child.messages:
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        ready, _, _ = select.select([child.pipe], [], [], left)
        if not ready:
            return None
        content = os.read(child.pipe, 1 << 16)
        if not content:
            return None
        *lines, child.buffer = (child.buffer + content).split(b"\n")
        child.messages += [json.loads(line) for line in lines if line]
    return child.messages.pop(0)


def _kill(child: Child) -> None:
    if child.status is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
        _, child.status = os.waitpid(child.pid, 0)


def _cause_of_death(child: Child) -> str:
    _, child.status = os.waitpid(child.pid, 0)
    if os.WIFSIGNALED(child.status):
        number = os.WTERMSIG(child.status)
        return f"your code ended the process by {signal.Signals(number).name}"
    return f"your code ended the process with exit status {os.WEXITSTATUS(child.status)}"


def _dead(
    item: pytest.Item, told: Feedback, seconds: float, facts: dict[str, Any], config: pytest.Config
) -> Report:
    """The failed report of a test whose child did not live to tell."""
    now = time.time()
    report: Any = Report(
        nodeid=item.nodeid,
        location=item.location,
        keywords={},
        outcome="failed",
        longrepr=told.plain,
        when="call",
        sections=_leftover_output(config),
        duration=seconds,
        start=now - seconds,
        stop=now,
    )
    report.kata = {**facts, "feedback": told.to_dict()}
    return report  # type: ignore[no-any-return]


def _leftover_output(config: pytest.Config) -> list[tuple[str, str]]:
    """What the dead child had printed: it shared the file that pytest captures into."""
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is None or not capture.is_globally_capturing():
        return []
    out, err = capture.read_global_capture()
    pairs = (("Captured stdout call", out), ("Captured stderr call", err))
    return [(name, text) for name, text in pairs if text]


def _tuples(report: dict[str, Any]) -> dict[str, Any]:
    """JSON has no tuples; pytest expects them in these places."""
    for key in ("sections", "user_properties"):
        report[key] = [tuple(pair) for pair in report.get(key) or ()]
    if isinstance(report.get("longrepr"), list):
        report["longrepr"] = tuple(report["longrepr"])
    if isinstance(report.get("location"), list):
        report["location"] = tuple(report["location"])
    return report


# ---------------------------------------------------------------- in the child


class Reporter:
    """In the child, takes every report that pytest logs and sends it to the parent."""

    def __init__(self, config: pytest.Config, pipe: int) -> None:
        self._config = config
        self._pipe = pipe

    def send(self, message: dict[str, Any]) -> None:
        content = json.dumps(message).encode() + b"\n"
        while content:
            content = content[os.write(self._pipe, content) :]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Report) -> None:
        table = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self.send({"report": table})


def _child_main(items: Sequence[pytest.Item], pipe: int, config: pytest.Config) -> NoReturn:
    code = 1
    try:
        _leave_parent()
        reporter = _take_over_reports(config, pipe)
        for item, following in zip(items, [*items[1:], None], strict=True):
            reporter.send({"begin": item.nodeid})
            runtestprotocol(item, nextitem=following)
            reporter.send({"end": item.nodeid})
        code = 0
    except BaseException:
        pass
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        os._exit(code)


def _leave_parent() -> None:
    """A session of its own, no terminal input, and death when the parent dies."""
    os.setsid()
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    if torch_is_loaded():
        sys.modules["torch"].set_num_threads(1)


def _take_over_reports(config: pytest.Config, pipe: int) -> Reporter:
    """Send reports to the parent, and nothing of them anywhere else.

    The other plugins' views of a report (the terminal's dots, a JUnit file) belong to the parent.
    They stay registered: some keep state that tests need.
    """
    caller = config.hook.pytest_runtest_logreport
    for implementation in list(caller.get_hookimpls()):
        caller._remove_plugin(implementation.plugin)
    reporter = Reporter(config, pipe)
    config.pluginmanager.register(reporter, "kata-child-reporter")
    return reporter
