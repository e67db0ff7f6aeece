"""The katas of this checkout, held against every source they come with."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from pytest_kata.author.mutants import right
from pytest_kata.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(not (ROOT / "solutions").is_dir(), reason="needs a checkout")
def test_every_kata_of_the_checkout_passes_its_check(bare, run_python):
    # Laid out afresh, so that a learner's edits in the checkout do not matter.
    (bare.folder / "pytest.ini").unlink()
    assert bare.command("init").status == 0
    shutil.copytree(
        ROOT / "solutions", bare.solutions, ignore=shutil.ignore_patterns("__pycache__")
    )
    # Hundreds of runs with torch, each in a child of its own.
    words = ["-m", "pytest_kata.cli", "check", "--shipped"]
    result = run_python(words, bare.folder, guard=600)
    assert result.out.endswith("all in order\n"), result.out
    assert result.status == 0


def parameters(file: Path) -> dict[str, str]:
    """Name -> parameters, with kinds and defaults, of every function that a file defines."""
    found = {}
    for node in ast.parse(file.read_bytes()).body:
        if isinstance(node, ast.FunctionDef):
            for arg in ast.walk(node.args):
                if isinstance(arg, ast.arg):
                    arg.annotation = None
            found[node.name] = ast.unparse(node.args)
    return found


@pytest.mark.skipif(not (ROOT / "solutions").is_dir(), reason="needs a checkout")
def test_right_solutions_can_be_called_as_the_starter_says():
    workspace = Workspace.at(ROOT / "katas")
    for kata in workspace.catalog():
        asked = parameters(workspace.starter(kata))
        assert asked
        for source in right(workspace, kata):
            defined = parameters(source.file)
            for name in asked.keys() & defined.keys():
                # More may follow that have defaults.
                start = f"{defined[name]}, "[: len(asked[name]) + 2]
                assert start == f"{asked[name]}, ", f"{kata.id} {source.label}: {name}"
