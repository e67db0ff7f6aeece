"""In the child: run the tests of one kata with pytest's own protocol, and report each.

Everything that has to work after learner code has run is kept in locals and default arguments
here, taken before it runs.
"""

from __future__ import annotations

import faulthandler
import json
import os
import re
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from typing import Any, NoReturn

import pytest
from _pytest.runner import runtestprotocol
from _pytest.warnings import catch_warnings_for_item

from pytest_kata import lazy, limits, processes
from pytest_kata.channel import BROKEN_SEAL, Put, sender
from pytest_kata.checks import Miss
from pytest_kata.feedback import Feedback
from pytest_kata.limits import GRACE_SECONDS
from pytest_kata.seal import seal
from pytest_kata.selection import BOUND
from pytest_kata.verdict import of_error

SECTION_CHARACTERS = 4000
# Of each test, this many warnings are passed on.
WARNINGS = 20
# What a thread gets to come to its end after the test.
THREAD_SECONDS = 0.2
# Exit status of a child that could not go on reporting.
BROKEN = 70


class Reporter:
    """Sends pytest's reports to the keeper, as JSON."""

    def __init__(self, config: pytest.Config, put: Put) -> None:
        self._config = config
        self._put = put
        # Warnings of this process's parents are replayed while we register, and not ours to tell.
        self.warnings_left = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # pytest fails a test for its failed subtests here, where it knows of them.
        self._config.hook.pytest_report_teststatus(report=report, config=self._config)
        facts: dict[str, Any] = report.kata
        if report.failed:
            facts.setdefault("feedback", Feedback("value", str(report.longrepr)).to_dict())
        report.sections = [(name, clip(text)) for name, text in report.sections]
        table = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._put(json.dumps({"report": table}).encode())

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, nodeid: str
    ) -> None:
        if self.warnings_left > 0:
            self.warnings_left -= 1
            category = warning_message.category
            self._put(
                json.dumps(
                    {
                        "warning": clip(str(warning_message.message)),
                        "category": [category.__module__, category.__name__],
                        "filename": warning_message.filename,
                        "lineno": warning_message.lineno,
                        "nodeid": nodeid,
                    }
                ).encode()
            )


# Escape sequences, and all other characters that would steer a terminal.
_STEERING = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clip(text: str, limit: int = SECTION_CHARACTERS) -> str:
    """`text` without what steers a terminal, or its beginning and end where it is long."""
    if len(text) > limit:
        left_out = len(text) - limit
        text = f"{text[: limit // 2]}\n[{left_out} characters left out]\n{text[-limit // 2 :]}"
    return _STEERING.sub("", text)


def run(
    items: Sequence[pytest.Item],
    config: pytest.Config,
    keeper: int,
    pipe: int,
    secret: bytes,
    stacks: int,
    wait: Callable[[], None],
) -> NoReturn:
    """In a forked child: run `items`, then end this process. Never returns.

    `pipe` takes the reports, `stacks` the Python stack of a test that does not stop in time.
    """
    try:
        processes.own_session()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # The keeper ignores these.
            signal.signal(number, signal.SIG_DFL)
        processes.die_with_parent(keeper)
        os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    except BaseException:
        os._exit(BROKEN)
    run_tests(items, config, sender(partial(os.write, pipe), secret), stacks, wait)


def run_tests(
    items: Sequence[pytest.Item],
    config: pytest.Config,
    put: Put,
    stacks: int,
    wait: Callable[[], None],
) -> NoReturn:
    """Run `items`, then end this process. Never returns, whatever learner code does.

    `wait` comes back when the first test may begin; all that can be done before is done by then.
    """
    leave: Callable[[int], NoReturn] = os._exit
    me, getpid = os.getpid(), os.getpid
    broken: Callable[[], str] = str
    status = BROKEN
    try:
        # A crash writes its stack there too, not on the learner's screen.
        faulthandler.enable(file=stacks)
        if lazy.torch_is_loaded():
            sys.modules["torch"].set_num_threads(1)
        kata, dumps = items[0].stash[BOUND].kata, json.dumps
        reporter = _take_over_reports(config, put)
        processes.limit_resources(kata.memory, (kata.seconds + GRACE_SECONDS) * 4 * len(items))
        home = os.getcwd()
        environment, depth = dict(os.environ), sys.getrecursionlimit()
        modules = {item.module for item in items if isinstance(item, pytest.Function)}
        broken = seal(modules, config)
        threads = set(threading.enumerate())
        watchdog = faulthandler.dump_traceback_later
        _without_keyboard()
        # Once for nothing: what a fork shares is copied where it is first touched.
        broken()
        wait()
        for item, following in zip(items, [*items[1:], None], strict=True):
            _start_clean(home, environment, depth)
            put(dumps({"begin": item.nodeid}).encode())
            watchdog(kata.seconds + GRACE_SECONDS / 2, repeat=True, file=stacks)
            escaped = None
            reporter.warnings_left = WARNINGS
            try:
                with _warnings_of(item):
                    runtestprotocol(item, nextitem=following)
            except BaseException as error:
                # pytest lets KeyboardInterrupt and pytest.exit through, to end the session.
                escaped = of_error(item, error).to_dict()
            if replaced := broken():
                put(BROKEN_SEAL + replaced.encode())
                break
            end = {"end": item.nodeid, "escaped": escaped, "late": limits.OVERTIME in item.stash}
            end["broken"], end["threads"] = "", _threads_left(threads)
            put(dumps(end).encode())
            if any(end[key] for key in ("escaped", "late", "threads")):
                # What comes after it in this process is not to be trusted.
                break
        status = 0
    except BaseException:
        if getpid() == me and (replaced := broken()):
            put(BROKEN_SEAL + replaced.encode())
            status = 0
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(BaseException):
                stream.flush()
        leave(status)


def _threads_left(before: set[threading.Thread]) -> bool:
    """Whether a thread that Python would wait for is still running."""
    left = [t for t in threading.enumerate() if t not in before and not t.daemon]
    for thread in left:
        thread.join(THREAD_SECONDS)
    return any(thread.is_alive() for thread in left)


def _start_clean(home: str, environment: dict[str, str], depth: int) -> None:
    """Undo what the code of the test before may have left behind in this process."""
    os.chdir(home)
    sys.setrecursionlimit(depth)
    if dict(os.environ) != environment:
        os.environ.clear()
        os.environ.update(environment)
    if lazy.torch_is_loaded():
        torch = sys.modules["torch"]
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
        torch.set_num_threads(1)
        if torch.are_deterministic_algorithms_enabled():
            # Even turning it off imports half of the compiler.
            torch.use_deterministic_algorithms(False)


def _warnings_of(item: pytest.Item) -> AbstractContextManager[None]:
    """Catch the warnings of a test as pytest does, which does it outside of `runtestprotocol`."""
    if not item.config.pluginmanager.hasplugin("warnings"):
        return nullcontext()
    return catch_warnings_for_item(item.config, item.ihook, "runtest", item)


def _without_keyboard() -> None:
    """Let `breakpoint()` and `pdb.set_trace()` say that nobody can type here."""

    def stop(*args: object, **kwargs: object) -> NoReturn:
        __tracebackhide__ = True
        raise Miss(
            "raised",
            "your code stops at a breakpoint, and katas run where nobody can type",
            because="To stop there, run pytest --pdb.",
        )

    if "PYTHONBREAKPOINT" not in os.environ:
        sys.breakpointhook = stop
    if "pdb" in sys.modules:
        setattr(sys.modules["pdb"], "set_trace", stop)  # noqa: B010


def _take_over_reports(config: pytest.Config, put: Put) -> Reporter:
    """Send reports and warnings to the keeper, and nothing of them anywhere else.

    The other plugins' views of a report (the terminal's dots, a JUnit file) belong to the
    process that started us. They stay registered: some keep state that tests need.
    """
    for caller in (config.hook.pytest_runtest_logreport, config.hook.pytest_warning_recorded):
        for implementation in list(caller.get_hookimpls()):
            caller._remove_plugin(implementation.plugin)
    reporter = Reporter(config, put)
    config.pluginmanager.register(reporter, "kata-child-reporter")
    return reporter
