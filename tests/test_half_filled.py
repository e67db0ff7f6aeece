"""A starter that is filled in halfway never ends a run: every test gets its verdict, in words."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from outside import run, verdicts

from pytest_kata.catalog import Kata
from pytest_kata.workspace import Workspace

pytest.importorskip("termios")

ROOT = Path(__file__).resolve().parents[1]
# What is said where code has broken what runs it, or the kit has met what it did not expect.
BROKEN = ("Traceback", "INTERNALERROR", "ended its process", "broke what runs", "did not run to")

Function = ast.FunctionDef


def functions(tree: ast.Module) -> dict[str, Function]:
    return {node.name: node for node in tree.body if isinstance(node, Function)}


def gaps(starter: ast.Module, solution: ast.Module) -> list[str]:
    """The functions that the learner writes or mends."""
    answers = {name: ast.dump(node) for name, node in functions(solution).items()}
    found = functions(starter).items()
    return [name for name, node in found if answers.get(name) != ast.dump(node)]


def with_body(body: Callable[[Function], str]) -> Callable[[Function], Function]:
    """Makes another function of one: its docstring, then the statement that `body` writes."""

    def change(function: Function) -> Function:
        doc = function.body[:1] if ast.get_docstring(function) else []
        new = ast.parse(ast.unparse(function)).body[0]
        assert isinstance(new, Function)
        new.body = [*doc, *ast.parse(body(function)).body]
        return ast.fix_missing_locations(new)

    return change


def first_argument(function: Function) -> str:
    names = [arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)]
    return f"return {names[0] if names else None}"


BODIES = {
    "empty": with_body(lambda function: "pass"),
    "hands_back_its_argument": with_body(first_argument),
    "hands_back_a_list": with_body(lambda function: "return [0, None]"),
    "calls_what_is_not_there": with_body(lambda function: "return helper(1)"),
}


def halves(starter: str, solution: str) -> Iterator[tuple[str, str]]:
    """Names and texts of files that a learner may have saved on the way."""
    trees = ast.parse(starter), ast.parse(solution)
    todo = gaps(*trees)
    assert todo, "the starter is the solution"
    for name, change in BODIES.items():
        yield name, replaced(trees[0], {gap: change(functions(trees[0])[gap]) for gap in todo})
    yield "taken_out", replaced(trees[0], dict.fromkeys(todo))
    yield "cut_off", starter[: len(starter) - len(starter.splitlines()[-1]) // 2 - 4] + "("
    for gap in todo if len(todo) > 1 else ():
        others = {name: functions(trees[0])[name] for name in todo if name != gap}
        yield f"only_{gap}", replaced(trees[1], others)


def replaced(tree: ast.Module, new: dict[str, Function | None]) -> str:
    """The text of `tree` with other functions of these names, or without them."""
    body = [new.get(node.name, node) if isinstance(node, Function) else node for node in tree.body]
    return ast.unparse(ast.Module([node for node in body if node is not None], []))


def lay(root: Path, kata: Kata, workspace: Workspace) -> list[str]:
    """A kit in `root` whose other "right" sources are halves of this kata; their labels."""
    shutil.copytree(kata.folder, root / "katas" / kata.track / kata.folder.name)
    answers = root / "solutions" / kata.track / kata.folder.name
    answers.mkdir(parents=True)
    (root / "tmp").mkdir()
    (root / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    starter = workspace.starter(kata).read_text(encoding="utf-8")
    solution = (workspace.solution_folder(kata) / f"{kata.name}.py").read_text(encoding="utf-8")
    (answers / "starter.py").write_text(starter, encoding="utf-8")
    (answers / f"{kata.name}.py").write_text(solution, encoding="utf-8")
    labels = []
    for name, text in halves(starter, solution):
        (answers / f"other_{name}.py").write_text(text, encoding="utf-8")
        labels.append(f"other:{name}")
    return labels


WORKSPACE = Workspace.at(ROOT / "katas")
KATAS = [kata for kata in WORKSPACE.catalog() if not kata.passes_as_shipped]


@pytest.mark.skipif(not (ROOT / "solutions").is_dir(), reason="needs a checkout")
@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)
def test_every_half_of_an_answer_gets_its_verdicts(tmp_path, kata):
    labels = lay(tmp_path, kata, WORKSPACE)
    xml = tmp_path / "verdicts.xml"
    done = run(tmp_path, "--kata-source=every", f"--junitxml={xml}", "-p", "no:cacheprovider")
    assert done.status == 1, done.out
    assert not done.left
    found = {}
    for test, words in verdicts(xml).items():
        # Between the brackets stands what the test is parametrised with, the source first.
        label = test.partition("[")[2].rstrip("]")
        found.setdefault(label, {})[test.partition("[")[0]] = words
    assert set(found) == {"solution", "starter", *labels}
    tests = set(found["solution"])
    for label, of in found.items():
        assert set(of) == tests, f"{label} has no verdict of some tests"
        refused = {test: words for test, words in of.items() if words != "passed"}
        assert bool(refused) is (label != "solution"), f"{label}: {refused}"
        for test, words in refused.items():
            assert words.strip(), f"{label}: nothing is said of {test}"
            assert not any(bad in words for bad in BROKEN), f"{label}, {test}: {words}"
