"""One pytest session over katas: which tests run, where, and what is shown and recorded of them.

Nothing here imports torch or rich before a kata is run or shown.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import Any, cast

import pytest

from pytest_kata import curves, lazy, limits, verdict
from pytest_kata.catalog import KitError
from pytest_kata.feedback import LIMIT, Feedback
from pytest_kata.guard import Guard
from pytest_kata.outline import marker
from pytest_kata.processes import CAN_FORK
from pytest_kata.recording import Recorder
from pytest_kata.runner import IDLE, Runner, Wake, failed_report, unrun_report
from pytest_kata.selection import BOUND, EVERY, LEARNER, PROBLEM, TESTS, Kits, Selection

_NAME = "kata-session"


def session_of(config: pytest.Config) -> KataSession:
    """What katas add to this pytest session; from the first call on it takes part."""
    found = config.pluginmanager.getplugin(_NAME)
    if found is None:
        found = KataSession(config)
        config.pluginmanager.register(found, _NAME)
    return cast("KataSession", found)


class KataSession:
    """One pytest session over katas. Its hooks stand in the order in which pytest calls them."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        # An xdist worker runs tests; the controller alone records and shows.
        self.controller = not hasattr(config, "workerinput")
        # Asked before `keep_calm` turns pytest's own tracebacks off.
        self.words = config.option.tbstyle in ("auto", "no") and config.option.verbose < 2
        self.calm = False
        self.kits = Kits(config)
        self.selection = Selection(self.kits, config.option.kata_source)
        self.recorder = Recorder(self.kits)
        self.runner = Runner(config)
        self.guard = Guard()
        # --setup-only and --setup-plan show fixtures; no learner code is run.
        self.dry = bool(config.getoption("setuponly", False))
        self.records = self.controller and not self.dry and config.option.kata_source == LEARNER
        self.exposed = _why_exposed(config)
        self.isolated = not (self.exposed or self.dry)
        # Whether pytest has something to show or to judge before the next test may begin.
        self.in_step = (
            config.option.capture == "no"
            or config.getoption("maxfail", 0)
            or config.getoption("stepwise", False)
        )

    def keep_calm(self) -> None:
        """Only katas run: without -v, our screen stands in for dots and tracebacks."""
        option = self.config.option
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        if not self.controller or option.verbose > 0 or option.tbstyle not in ("auto", "no"):
            return
        if reporter is None:
            return
        self.calm = True
        self.config.option.tbstyle = "no"
        self.config.option.no_header = True
        if self.config.option.reportchars == "fE":
            # Nobody asked for more than pytest shows anyway: errors and failures are ours to tell.
            reporter.reportchars = reporter.reportchars.translate({ord("f"): None, ord("E"): None})
        reporter.showfspath = False
        reporter._show_progress_info = False

    # -------------------------------------------------------------- collection

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        if isinstance(collector, pytest.Module) and self.kits.of_folder(collector.path.parent):
            lazy.defer_torch()
            self._mark_kinds(collector)

    def _mark_kinds(self, module: pytest.Module) -> None:
        """On the module and not on each test: all of its tests are of the kata's kinds."""
        found = self.kits.kata_in(module.path.parent)
        for kind in found[0].kinds if isinstance(found, tuple) else ():
            module.add_marker(marker(kind))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        report = yield
        if isinstance(collector, pytest.Module) and report.passed:
            # Here, before node ids and --lf select from it, the whole kata can be counted.
            collector.stash[TESTS] = sum(isinstance(node, pytest.Item) for node in report.result)
        return report

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if self.selection.label == EVERY and "kata" in metafunc.fixturenames:
            labels = self.selection.labels(metafunc.definition.path)
            metafunc.parametrize("kata", labels, indirect=True)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.records and not self.config.option.collectonly:
            # First of all: it may lay a starter.
            for kit in self.kits.all:
                self.recorder.settle(kit)
        dropped = self._unchallenged(items) if self.config.option.kata_challenge else []
        dropped += self.selection.select(items)
        if dropped:
            self.config.hook.pytest_deselected(items=dropped)

    def _unchallenged(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """Take the items that are not of the challenge out of `items`, and hand them back."""
        if not self.records:
            raise pytest.UsageError("--kata-challenge is for your own files, run by one process")
        playing = set()
        for kit in self.kits.all:
            try:
                replay = self.recorder.replay(kit)
                if replay.rounds().challenge is None:
                    self.recorder.challenged.add(kit.workspace.home)
                kata = replay.challenged()
            except KitError as problem:
                raise pytest.UsageError(str(problem)) from None
            playing.add(kata.folder)
        dropped = [item for item in items if item.path.parent not in playing]
        items[:] = [item for item in items if item.path.parent in playing]
        return dropped

    def pytest_report_collectionfinish(self, items: list[pytest.Item]) -> list[str]:
        katas = any(BOUND in item.stash for item in items) and not self.config.option.collectonly
        weaker = self._weaker() if katas else ""
        return [weaker] if weaker else []

    def _weaker(self) -> str:
        """What katas in pytest's own process cannot promise; said once."""
        why, self.exposed = self.exposed, ""
        if not why or self.dry:
            return ""
        return f"in pytest's own process ({why}): your code can hang it or end it"

    # --------------------------------------------------------------------- run

    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """While the first kata's process makes itself ready, load what will draw the screen."""
        option = self.config.option
        if not self.controller or not self.isolated or option.collectonly or session.testsfailed:
            return
        for item in session.items:
            bound = item.stash.get(BOUND, None)
            if bound is not None and bound.key not in self.selection.idle:
                self.runner.expect([item, *self._following(item)])
                import pytest_kata.render.session  # noqa: F401

                return

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        bound = item.stash.get(BOUND, None)
        problem = item.stash.get(PROBLEM, None)
        idle = bound is not None and bound.key in self.selection.idle and not self.dry
        if problem is None and (bound is None or not (idle or self.isolated)):
            return None
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        if problem is not None:
            reports = [unrun_report(item, str(problem), {"problem": str(problem)})]
        elif idle:
            reports = [unrun_report(item, "not started", self.facts(item))]
        else:
            reports = self.run(item)
        for report in reports:
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def start_over(self) -> None:
        """Another run in the same session: nothing of the one before counts."""
        self.runner.forget()
        self.guard = Guard()

    def run(self, item: pytest.Item, wake: Wake = IDLE) -> list[Any]:
        """The reports of an isolated test. Raises Interrupted as `Runner.run` does."""
        bound, following, facts = item.stash[BOUND], self._following(item), self.facts(item)
        # Where several workers run katas at once, nobody can tell whose code it was.
        guarded = self.controller and bound.label == LEARNER
        if guarded:
            self.guard.begin(bound)
        reports = self.runner.run(item, following, facts, wake)
        if guarded and not following and (told := self.guard.changed(bound)):
            failed = failed_report(item, verdict.of_death(item, told, []), facts, [])
            reports = [report for report in reports if report.failed] or [failed]
        return reports

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_timeout_set_timer(self, item: pytest.Item) -> bool | None:
        """In pytest-timeout's place, where a kata's limit can follow how busy the machine is."""
        if BOUND not in item.stash or not limits.can_interrupt():
            return None
        limits.set_timer(item, item.stash[BOUND].kata.seconds, verdict.own_files(item))
        return True

    def _following(self, item: pytest.Item) -> list[pytest.Item]:
        """The tests of the same kata and source that come after `item`."""
        if not self.controller:
            # Which tests an xdist worker gets next is not its own to say.
            return []
        if self.in_step:
            return []
        items = item.session.items
        following = []
        for other in items[items.index(item) + 1 :]:
            bound = other.stash.get(BOUND, None)
            if bound is None or bound.key != item.stash[BOUND].key:
                break
            following.append(other)
        return following

    def facts(self, item: pytest.Item) -> dict[str, Any]:
        """What a report carries of its kata, for a controller that has no items."""
        bound = item.stash[BOUND]
        doc = getattr(getattr(item, "function", None), "__doc__", None) or ""
        task = item.get_closest_marker("task")
        return {
            "folder": str(bound.kata.folder),
            "label": bound.label,
            "name": getattr(item, "originalname", item.name),
            "about": doc.strip().partition("\n")[0],
            "task": task.args[0] if task and task.args and type(task.args[0]) is int else 0,
            "tests": bound.tests,
            "selected": self.selection.counts[bound.key],
            "place": self.selection.places[item.nodeid],
            "idle": bound.key in self.selection.idle,
        }

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report: Any = yield
        if BOUND in item.stash:
            report.kata = self.facts(item)
            if losses := curves.taken():
                report.kata["losses"] = losses
            if call.excinfo is not None:
                self._fail(report, verdict.of_error(item, call.excinfo.value))
            elif call.when == "call" and limits.OVERTIME in item.stash:
                words = f"your code went on after its time limit ({item.stash[limits.OVERTIME]})"
                self._fail(report, verdict.of_death(item, words, [], LIMIT))
            elif not report.passed or hasattr(report, "wasxfail"):
                self._fail(report, verdict.of_death(item, "this test did not run", []))
        return report  # type: ignore[no-any-return]

    def _fail(self, report: Any, told: Feedback) -> None:
        """Put a failure into words. Skipped and expected to fail are failures of a kata too."""
        report.kata["feedback"] = told.to_dict()
        if report.outcome != "failed" or hasattr(report, "wasxfail"):
            report.outcome = "failed"
            report.longrepr = told.plain
            vars(report).pop("wasxfail", None)
        if self.words:
            shown = curves.read(report.kata.get("losses"))
            report.longrepr = "\n".join([told.plain, *(curves.plain(shown) if shown else ())])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Before learner code runs: write down that it will."""
        if not self.records:
            return
        found = self.kits.kata_in((self.config.rootpath / nodeid.partition("::")[0]).parent)
        if isinstance(found, tuple):
            kata, kit = found
            if not self.selection.is_idle(kata, kit.workspace):
                self.recorder.begin(kata, kit)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        facts = getattr(report, "kata", None)
        if facts is None or not self.controller or self.dry:
            return
        if "problem" in facts:
            if facts["problem"] not in self.recorder.problems:
                self.recorder.problems.append(facts["problem"])
            return
        self.recorder.take(report)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.recorder.end(nodeid)

    # -------------------------------------------------------------------- show

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_report_teststatus(
        self, report: Any
    ) -> Generator[None, tuple[str, str, Any], tuple[str, str, Any]]:
        status = yield
        facts = getattr(report, "kata", None)
        if facts is None or (report.passed and report.when != "call"):
            return status
        if facts.get("idle"):
            status = "not started", "-", ("NOT STARTED", {"yellow": True})
        return (status[0], "", status[2]) if self.calm else status

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        self.runner.close()
        if self.controller:
            self.recorder.close()
        if self.records and self.recorder.results:
            for kit in self.kits.all:
                self.recorder.prove(kit)
                self.recorder.settle(kit)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if not self.recorder.results and not self.recorder.problems:
            return
        from pytest_kata.render.session import Detail, draw
        from pytest_kata.render.terminal import look_for

        tw = terminalreporter._tw
        encoding = getattr(tw._file, "encoding", None)
        look = look_for(encoding, tw.fullwidth, terminalreporter.hasmarkup)
        detail = Detail(self.calm, terminalreporter.verbosity < 0)
        # An xdist controller has collected nothing, and said nothing yet.
        if weaker := self._weaker():
            terminalreporter.write_line(weaker)
        for line in draw(self.recorder, self.kits.all, look, detail):
            terminalreporter.write_line(line)


def _why_exposed(config: pytest.Config) -> str:
    """Why katas run in pytest's own process; "" if they run in children."""
    from pytest_timeout import is_debugging

    option = config.option
    if not CAN_FORK:
        return "this platform has no fork"
    if option.kata_isolation == "off":
        return "--kata-isolation=off"
    if option.usepdb or option.trace:
        return "--pdb" if option.usepdb else "--trace"
    if config.getoption("setupshow", False):
        # A child cannot write to the terminal, so it could not show them.
        return "--setup-show"
    if is_debugging():
        return "a debugger is attached"
    # A child is ended before coverage could save what it has seen there.
    coverage = sys.modules.get("coverage")
    measuring = coverage is not None and coverage.Coverage.current() is not None
    if measuring or (getattr(option, "cov_source", None) and not option.no_cov):
        return "coverage is measured"
    return ""
