"""The katas of this checkout, held against every source they come with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

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
