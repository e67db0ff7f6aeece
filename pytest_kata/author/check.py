"""`kata check`: prove that a kata's tests reject what is wrong and accept what is right.

The rules that need no run look at files; one pytest session then runs the tests against every
source of every kata, each in its own child, and the outcomes are held against the promises. Of a
mistake only the test that its docstring names is run: what the others say of it is no promise.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pytest_kata import lazy
from pytest_kata.catalog import Catalog, Kata, KitError, line_of
from pytest_kata.feedback import Feedback
from pytest_kata.selection import BOUND, EVERY
from pytest_kata.workspace import Source, Workspace

MISTAKES = 8
HINTS = 3


class Promise(NamedTuple):
    """What a mistake's docstring promises: which test catches it and what the learner reads."""

    test: str
    words: str


class Outcome(NamedTuple):
    test: str
    passed: bool
    words: str


@dataclass
class Findings:
    errors: list[KitError] = field(default_factory=list)
    katas: int = 0
    sources: int = 0
    tests: int = 0

    @property
    def summary(self) -> str:
        ran = f"{self.katas} katas, {self.sources} sources, {self.tests} test runs"
        if self.errors:
            count = len(self.errors)
            return f"{ran}: {count} thing{'s' if count != 1 else ''} to mend"
        return f"{ran}: all in order"


def check_kit(
    workspace: Workspace, catalog: Catalog, ids: Sequence[str] = (), shipped: bool = False
) -> Findings:
    """Check the katas called `ids`, or all. With `shipped`, learner files must be the starters."""
    findings = Findings(list(catalog.problems))
    katas = [kata for kata in catalog if not ids or kata.id in ids]
    known = {kata.id for kata in catalog}
    for kata in katas:
        findings.errors += _files(workspace, kata, shipped)
        findings.errors += _words(workspace, kata, known)
        findings.errors += _spec(workspace, kata)
    if katas:
        session = _run(workspace, katas)
        findings.errors += session.errors
        for kata in katas:
            findings.errors += _verdicts(workspace, kata, session.outcomes[str(kata.folder)])
        findings.sources = sum(len(labels) for labels in session.outcomes.values())
        findings.tests = sum(
            len(tests) for labels in session.outcomes.values() for tests in labels.values()
        )
    findings.katas = len(katas)
    return findings


# ------------------------------------------------------------------ without a run


def _files(workspace: Workspace, kata: Kata, shipped: bool) -> Iterator[KitError]:
    folder = workspace.solution_folder(kata)
    for file, what in (
        (kata.file, "the learner's file"),
        (kata.tests, "the tests"),
        (workspace.starter(kata), "the pristine copy of the starter"),
        (folder / f"{kata.name}.py", "the reference solution"),
        (workspace.explanation(kata), "the explanation"),
    ):
        if not file.is_file():
            yield KitError(f"{what} is missing; write it", where=f"{workspace.shown(file)}:1")
        elif not file.read_bytes().strip():
            yield KitError(f"{what} is empty; write it", where=f"{workspace.shown(file)}:1")
    labels = [source.label for source in workspace.sources(kata)]
    place = f"{workspace.shown(folder)}:1"
    if not any(label.startswith("other:") for label in labels):
        yield KitError("there is no other right solution; write other_<style>.py", where=place)
    mistakes = sum(label.startswith("mistake:") for label in labels)
    if mistakes < MISTAKES:
        yield KitError(f"there are {mistakes} mistakes; write at least {MISTAKES}", where=place)
    if shipped and not workspace.is_untouched(kata):
        yield KitError(
            "is not the starter; make the two files the same",
            where=f"{workspace.shown(kata.file)}:1",
            command=f"kata reset {kata.id}",
        )


def _words(workspace: Workspace, kata: Kata, known: set[str]) -> Iterator[KitError]:
    def place(key: str) -> str:
        file, _, line = line_of(key, kata.folder / "kata.toml").rpartition(":")
        return f"{workspace.shown(Path(file))}:{line}"

    if len(kata.hints) != HINTS or not all(text for level in kata.hints for text in level):
        yield KitError(f"write {HINTS} hints, none of them empty", where=place("hints"))
    for id in kata.requires:
        if id not in known:
            yield KitError(f"requires {id!r}, which is no kata", where=place("requires"))
    if importlib.util.find_spec(kata.name) is not None or kata.name in sys.stdlib_module_names:
        yield KitError(
            f"{kata.name} is also an importable module; give the folder another name",
            where=f"{workspace.shown(kata.file)}:1",
        )


def _spec(workspace: Workspace, kata: Kata) -> Iterator[KitError]:
    place = workspace.shown(kata.tests)
    try:
        tree = ast.parse(kata.tests.read_bytes())
    except (OSError, SyntaxError) as error:
        yield KitError(f"the tests cannot be read: {error}", where=f"{place}:1")
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield KitError(
                "write tests as plain functions, not in classes",
                where=f"{place}:{node.lineno}",
            )
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            if not ast.get_docstring(node):
                yield KitError(
                    f"{node.name} needs a docstring: learners read it",
                    where=f"{place}:{node.lineno}",
                )
            if "kata" not in [argument.arg for argument in node.args.args]:
                yield KitError(
                    f"{node.name} does not take the fixture kata",
                    where=f"{place}:{node.lineno}",
                )
    yield from _tasks(kata, tree, place)
    for inner in ast.walk(tree):
        if isinstance(inner, ast.Attribute) and inner.attr in ("skip", "skipif", "xfail"):
            yield KitError(
                "a kata's tests always run; take the skip out", where=f"{place}:{inner.lineno}"
            )


def _tasks(kata: Kata, tree: ast.Module, place: str) -> Iterator[KitError]:
    """Every marker `task` has the number of a task with hints, and every such task a test."""
    found = set()
    for node in ast.walk(tree):
        decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
        for one in decorators:
            target = one.func if isinstance(one, ast.Call) else one
            if ast.unparse(target) != "pytest.mark.task":
                continue
            args = one.args if isinstance(one, ast.Call) else []
            number = args[0].value if args and isinstance(args[0], ast.Constant) else None
            if type(number) is int and 1 <= number <= kata.tasks:
                found.add(number)
            elif kata.tasks:
                yield KitError(
                    f"{ast.unparse(one)} names no task; the hints know 1 to {kata.tasks}",
                    where=f"{place}:{one.lineno}",
                )
            else:
                yield KitError(
                    f"{ast.unparse(one)}: no hint is for one task; write a list of texts, "
                    "one a task, for one of the hints",
                    where=f"{place}:{one.lineno}",
                )
    for number in sorted(set(range(1, kata.tasks + 1)) - found):
        yield KitError(
            f"there are hints for task {number} and no test is marked pytest.mark.task({number})",
            where=f"{place}:1",
        )


def promise(mistake: Path) -> Promise:
    """What a mistake's docstring promises; raises KitError if it promises nothing."""
    try:
        doc = ast.get_docstring(ast.parse(mistake.read_bytes())) or ""
    except SyntaxError as error:
        raise KitError(
            f"is not valid Python: {error.msg}", where=f"{mistake}:{error.lineno}"
        ) from None
    found = {}
    for key in ("caught by", "says"):
        match = re.search(rf"^{key}: *(\S.*?) *$", doc, re.MULTILINE)
        if match is None:
            raise KitError(f"its docstring needs a line {key + ': ...'!r}", where=f"{mistake}:1")
        found[key] = match.group(1)
    first = doc.partition("\n")[0].strip()
    if not first or first.startswith(("caught by:", "says:")):
        raise KitError("its docstring must say first what is wrong", where=f"{mistake}:1")
    return Promise(found["caught by"], found["says"])


# ------------------------------------------------------------------ with a run


class Session:
    """A pytest plugin that gathers outcomes: kata folder -> source label -> tests."""

    def __init__(self, promised: dict[tuple[str, str], str]) -> None:
        """`promised`: (kata folder, label of a mistake) -> the test that catches it."""
        self._promised = promised
        self.outcomes: dict[str, dict[str, dict[str, Outcome]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        self.errors: list[KitError] = []
        self._torch_told = lazy.torch_is_loaded()

    @pytest.hookimpl(wrapper=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Iterator[None]:
        yield
        items[:] = [item for item in items if self._is_wanted(item)]

    def _is_wanted(self, item: pytest.Item) -> bool:
        bound = item.stash.get(BOUND, None)
        named = self._promised.get(bound.key) if bound else None
        return named in (None, getattr(item, "originalname", item.name))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            said = " ".join(report.longreprtext.split())[-300:]
            self.errors.append(KitError(f"cannot be collected: {said}", where=report.nodeid))
        if not self._torch_told and lazy.torch_is_loaded():
            self._torch_told = True
            self.errors.append(
                KitError(
                    "uses torch while it is collected; move that into a function",
                    where=f"{report.nodeid}:1",
                )
            )

    def pytest_runtest_logreport(self, report: Any) -> None:
        facts = getattr(report, "kata", None)
        if facts is None or "label" not in facts:
            return
        tests = self.outcomes[facts["folder"]][facts["label"]]
        before = tests.get(report.nodeid)
        if before is not None and not before.passed:
            return
        if report.failed:
            told = Feedback.from_dict(facts["feedback"])
            tests[report.nodeid] = Outcome(facts["name"], False, "\n".join(told.words))
        elif report.when == "call":
            tests[report.nodeid] = Outcome(facts["name"], True, "")


def _run(workspace: Workspace, katas: Sequence[Kata]) -> Session:
    promised = {}
    for kata in katas:
        names = _names(kata.tests)
        for source in workspace.sources(kata):
            with contextlib.suppress(KitError):
                if source.label.startswith("mistake:"):
                    test = promise(source.file).test
                    # Of a name that is not there, nothing would be run at all.
                    if test in names:
                        promised[str(kata.folder), source.label] = test
    return run_all(katas, promised)


def run_all(katas: Sequence[Kata], promised: dict[tuple[str, str], str] | None = None) -> Session:
    """Run every test against every source; of a mistake in `promised`, only that test."""
    session = Session(promised or {})
    run_session(session, katas)
    return session


def run_session(session: Session, katas: Sequence[Kata]) -> None:
    """Let `session` gather the outcomes of every source of `katas`, and what went wrong."""
    screen = io.StringIO()
    options = ["--kata-source", EVERY, "-p", "no:cacheprovider", "--import-mode=importlib", "-q"]
    with contextlib.redirect_stdout(screen):
        status = pytest.main([*options, *(str(kata.tests) for kata in katas)], plugins=[session])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not session.errors:
        said = " ".join(screen.getvalue().split())[-400:]
        session.errors.append(KitError(f"pytest could not run the katas: {said}"))


def _verdicts(
    workspace: Workspace, kata: Kata, outcomes: dict[str, dict[str, Outcome]]
) -> Iterator[KitError]:
    for source in workspace.sources(kata):
        tests = list(outcomes.get(source.label, {}).values())
        if not tests:
            yield KitError("no test ran against it", where=f"{workspace.shown(source.file)}:1")
        elif source.label.startswith("mistake:"):
            yield from _mistake(workspace, kata, source, tests)
        elif source.label == "starter" and not kata.passes_as_shipped:
            for test in tests:
                if test.passed:
                    yield KitError(
                        f"the starter passes {test.test}; make that test ask for more",
                        where=_place(workspace, kata, test),
                    )
        else:
            for test in tests:
                if not test.passed:
                    first = test.words.partition("\n")[0]
                    yield KitError(
                        f"{test.test} refuses {source.label}, which must pass: {first}",
                        where=f"{workspace.shown(source.file)}:1",
                        command=f"pytest {workspace.shown(kata.folder)} "
                        f"--kata-source={source.label}",
                    )


def _mistake(
    workspace: Workspace, kata: Kata, source: Source, tests: Sequence[Outcome]
) -> Iterator[KitError]:
    place = f"{workspace.shown(source.file)}:1"
    try:
        promised = promise(source.file)
    except KitError as problem:
        yield problem
        return
    named = [test for test in tests if test.test == promised.test]
    failed = [test for test in named if not test.passed]
    if not named:
        yield KitError(f"names {promised.test}, which is no test of this kata", where=place)
    elif not failed:
        command = f"pytest {workspace.shown(kata.folder)} --kata-source={source.label}"
        yield KitError(f"{promised.test} lets it pass", where=place, command=command)
    elif not any(promised.words in test.words for test in failed):
        said = failed[0].words.replace("\n", " ")
        yield KitError(
            f"{promised.test} does not say {promised.words!r}; it says: {said}", where=place
        )


def _names(tests: Path) -> set[str]:
    try:
        tree = ast.parse(tests.read_bytes())
    except (OSError, SyntaxError):
        return set()
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def _place(workspace: Workspace, kata: Kata, test: Outcome) -> str:
    for number, line in enumerate(kata.tests.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith(f"def {test.test}("):
            return f"{workspace.shown(kata.tests)}:{number}"
    return f"{workspace.shown(kata.tests)}:1"
