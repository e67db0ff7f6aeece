"""What a learner reads first for each mistake: a table for a person's eye.

    python -m pytest_kata.author.words [KATA...] > tests/golden/words.md

Every test is run against every mistake. The first that fails is the one on the screen, which need
not be the one that the mistake's docstring names. Its words may name the mistake, may name another
one, or none; a wrong name is worse than none.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pytest_kata.author.check import Outcome, promise, run_all
from pytest_kata.catalog import Kata
from pytest_kata.workspace import Workspace

NAMED, OTHER, NONE = "its own name", "another name", "no name"
_GUESS = "This looks like"


class Row(NamedTuple):
    kata: str
    mistake: str
    wrong: str
    test: str
    words: str
    named: str


def rows(workspace: Workspace, katas: Sequence[Kata]) -> list[Row]:
    """One row a mistake, in the order of the katas. Raises KitError for a broken docstring."""
    session = run_all(katas)
    found = []
    for kata in katas:
        for source in workspace.sources(kata):
            if source.label.startswith("mistake:"):
                tests = session.outcomes[str(kata.folder)][source.label].values()
                first = next((test for test in tests if not test.passed), None)
                if first is not None:
                    found.append(_row(kata, source.label, source.file, first))
    return found


def _row(kata: Kata, label: str, mistake: Path, first: Outcome) -> Row:
    promised = promise(mistake)
    if promised.words in first.words:
        named = NAMED
    else:
        named = OTHER if f"\n{_GUESS}" in first.words else NONE
    wrong = mistake.read_text(encoding="utf-8").lstrip('"').partition("\n")[0]
    return Row(kata.id, label.removeprefix("mistake:"), wrong, first.test, first.words, named)


def table(found: Sequence[Row]) -> str:
    """The rows as Markdown, with how often which name was given."""
    lines = ["# What a learner reads first for each mistake", ""]
    lines += ["Made by `python -m pytest_kata.author.words`; numbers may differ elsewhere.", ""]
    for named in (NAMED, OTHER, NONE):
        count = sum(row.named == named for row in found)
        lines.append(f"- {named}: {count} of {len(found)}")
    for kata in dict.fromkeys(row.kata for row in found):
        lines += ["", f"## {kata}", ""]
        for row in found:
            if row.kata == kata:
                lines.append(f"- **{row.mistake}** ({row.named}). {row.wrong}")
                lines += [f"  > {line}" for line in (f"`{row.test}`", *row.words.splitlines())]
    return "\n".join(lines) + "\n"


def main(ids: Sequence[str]) -> int:
    workspace = Workspace.find(Path.cwd())
    if workspace is None:
        print("there are no katas here", file=sys.stderr)
        return 1
    katas = [kata for kata in workspace.catalog() if not ids or kata.id in ids]
    print(table(rows(workspace, katas)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
