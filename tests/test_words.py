"""What learners read first, collected for a person's eye, is there for every mistake."""

from __future__ import annotations

import re
from pathlib import Path

from pytest_kata.author.words import NAMED, NONE, OTHER, main
from pytest_kata.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^- \*\*(\w+)\*\* \(", re.MULTILINE)


def test_every_mistake_of_the_kit_stands_in_the_golden_file() -> None:
    sections = (ROOT / "tests" / "golden" / "words.md").read_text("utf-8").split("\n## ")[1:]
    listed = {text.partition("\n")[0]: set(ROW.findall(text)) for text in sections}
    workspace = Workspace.at(ROOT / "katas")
    shipped = {
        kata.id: {
            source.label.removeprefix("mistake:")
            for source in workspace.sources(kata)
            if source.label.startswith("mistake:")
        }
        for kata in workspace.catalog()
    }
    assert listed == shipped, "python -m pytest_kata.author.words > tests/golden/words.md"


def test_names_are_told_apart(kit, monkeypatch, capsys) -> None:
    monkeypatch.chdir(kit.folder)
    assert main(["double"]) == 0
    out = capsys.readouterr().out
    counts = {
        name: int(re.search(rf"- {name}: (\d+) of 8", out)[1]) for name in (NAMED, OTHER, NONE)
    }
    assert sum(counts.values()) == 8
    assert counts[NAMED] == len(re.findall(rf"\({NAMED}\)", out)) > 0
    assert len(ROW.findall(out)) == 8
