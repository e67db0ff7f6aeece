"""What a kata's tests say of its right solutions with one token or one line changed.

    python -m pytest_kata.author.mutants [KATA...]
    python -m pytest_kata.author.mutants [KATA...] --into CONTRIBUTING.md

A mutant that passes every test shows a test that is too weak, or changes nothing that the task
asks for. Of the second kind it is told which and why in `mutants.toml` beside the solution:

    [[equivalent]]
    source = "solution"              # or "other:NAME"
    before = "a line as it is"
    after = "as the mutant has it"
    why = "One sentence."

The exit status is 1 while there is a survivor that nobody has explained, or an explanation without
a survivor. `--into` also writes a row for each kata between two marks in that file; the rows of
other katas stay. Needs the extra `mutants`.

Each mutant is one more right solution of a kit in a folder of its own, and runs as such: in a
child, under the kata's limits, up to the first test that fails.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from pytest_kata.author.check import Session, run_session
from pytest_kata.catalog import Kata, KitError, read_toml
from pytest_kata.runner import Runner
from pytest_kata.selection import BOUND
from pytest_kata.session import session_of
from pytest_kata.workspace import Source, Workspace

if TYPE_CHECKING:
    from pytest_kata.author.mutation import Mutant

BEGIN = "<!-- mutants: written by python -m pytest_kata.author.mutants -->"
END = "<!-- mutants: end -->"
HEAD = "| kata | solutions | mutants | rejected | equivalent | survivors | rejected of the others |"
RULE = "|---|---|---|---|---|---|---|"
TOTAL = "all"


class Explained(NamedTuple):
    """A mutant that no test can reject: of which source, from which line to which, and why."""

    source: str
    before: str
    after: str
    why: str


@dataclass(frozen=True)
class Verdict:
    """What the tests said of the mutants of one source."""

    source: Source
    mutants: int
    equivalent: list[Mutant]
    survivors: list[Mutant]
    # Explanations of mutants that are rejected, or that there are none of.
    idle: list[Explained]


# ------------------------------------------------------------------ running


class Trial(Session):
    """Runs each source up to the first test that fails; `rejected` holds their labels."""

    def __init__(self) -> None:
        super().__init__({})
        self.rejected: set[str] = set()
        self._runner: Runner | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed:
            return None
        self._runner = session_of(session.config).runner
        for item in session.items:
            if item.stash[BOUND].label not in self.rejected:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return True

    def pytest_runtest_logreport(self, report: Any) -> None:
        super().pytest_runtest_logreport(report)
        if report.failed and self._runner is not None:
            self.rejected.add(report.kata["label"])
            # The child has gone ahead with the other tests.
            self._runner.cancel()


def survivors(kata: Kata, source: Source, found: Sequence[Mutant], folder: Path) -> list[Mutant]:
    """Those of `found` that pass every test of `kata`; their kit is laid out in `folder`.

    Raises KitError if they cannot be run, or if `source` itself does not pass.
    """
    inside = Path(kata.track, kata.folder.name)
    answers = folder / "solutions" / inside
    answers.mkdir(parents=True)
    shutil.copytree(kata.folder, folder / "katas" / inside)
    shutil.copy(source.file, answers / f"{kata.name}.py")
    labels = {}
    for number, mutant in enumerate(found):
        labels[f"other:{number}"] = mutant
        (answers / f"other_{number}.py").write_text(mutant.text, encoding="utf-8")
    trial = Trial()
    (copy,) = Workspace.at(folder / "katas").catalog()
    run_session(trial, [copy])
    for error in trial.errors:
        raise error
    if "solution" in trial.rejected:
        raise KitError(
            "does not pass its tests as it is",
            where=f"{source.file}:1",
            command=f"kata check {kata.id}",
        )
    return [mutant for label, mutant in labels.items() if label not in trial.rejected]


def judge(workspace: Workspace, kata: Kata, source: Source, folder: Path) -> Verdict:
    """Run all mutants of `source`, and hold the survivors against what was explained."""
    # Not at the top: whoever only reads what was explained does without cosmic-ray.
    from pytest_kata.author.mutation import mutants

    given = "" if kata.passes_as_shipped else workspace.starter(kata).read_text(encoding="utf-8")
    found = mutants(source.file.read_text(encoding="utf-8"), given)
    alive = survivors(kata, source, found, folder)
    known = [one for one in explained(workspace, kata) if one.source == source.label]
    changes = {(one.before, one.after) for one in known}
    lived = {(mutant.before, mutant.after) for mutant in alive}
    return Verdict(
        source,
        len(found),
        [mutant for mutant in alive if (mutant.before, mutant.after) in changes],
        [mutant for mutant in alive if (mutant.before, mutant.after) not in changes],
        [one for one in known if (one.before, one.after) not in lived],
    )


def explained(workspace: Workspace, kata: Kata) -> list[Explained]:
    """What `mutants.toml` says of the kata's survivors; raises KitError if it cannot be read."""
    file = workspace.solution_folder(kata) / "mutants.toml"
    if not file.is_file():
        return []
    entries = read_toml(file).get("equivalent", [])
    labels = {source.label for source in right(workspace, kata)}
    for entry in entries:
        if set(entry) != set(Explained._fields) or not all(entry.values()):
            raise KitError(
                f"each [[equivalent]] says {', '.join(Explained._fields)}, and no more",
                where=f"{workspace.shown(file)}:1",
            )
        if entry["source"] not in labels:
            raise KitError(
                f"there is no source {entry['source']!r}; it has {', '.join(sorted(labels))}",
                where=f"{workspace.shown(file)}:1",
            )
    return [Explained(**entry) for entry in entries]


def right(workspace: Workspace, kata: Kata) -> list[Source]:
    """The reference solution and the other right ones."""
    wrong = ("starter", "mistake:")
    return [one for one in workspace.sources(kata) if not one.label.startswith(wrong)]


# ------------------------------------------------------------------ telling


def told(workspace: Workspace, verdict: Verdict) -> str:
    """What there is to mend of one source, a line each, under its counts."""
    source = verdict.source
    place = workspace.shown(source.file)
    alive = len(verdict.equivalent) + len(verdict.survivors)
    lines = [
        f"{place}: {verdict.mutants} mutants, {verdict.mutants - alive} rejected, "
        f"{len(verdict.equivalent)} equivalent, {len(verdict.survivors)} to mend"
    ]
    for mutant in verdict.survivors:
        lines.append(f"  {place}:{mutant.line}: passes every test ({mutant.operator})")
        lines += [f"      {mutant.before}", f"   -> {mutant.after}"]
    for one in verdict.idle:
        lines.append("  explained, and not there or rejected; take it out of mutants.toml:")
        lines += [f"      {one.before}", f"   -> {one.after}"]
    return "\n".join(lines)


def row(name: str, verdicts: Sequence[Verdict]) -> list[str]:
    """The cells of one kata but the last, which follows from them."""
    total = sum(verdict.mutants for verdict in verdicts)
    equivalent = sum(len(verdict.equivalent) for verdict in verdicts)
    alive = sum(len(verdict.survivors) for verdict in verdicts)
    counts = (len(verdicts), total, total - equivalent - alive, equivalent, alive)
    return [name, *map(str, counts)]


def table(rows: Sequence[Sequence[str]]) -> str:
    """`rows` as Markdown, with a last one for all of them."""
    counts = [[int(cell) for cell in row[1:]] for row in rows]
    total = [TOTAL, *(str(sum(column)) for column in zip(*counts, strict=True))]
    lines = [HEAD, RULE]
    for cells in (*rows, total):
        _, _, number, rejected, equivalent, _ = cells
        share = 100 * int(rejected) / max(1, int(number) - int(equivalent))
        lines.append(f"| {' | '.join(cells)} | {share:.1f} % |")
    return "\n".join(lines)


def write(file: Path, new: dict[str, list[str]], order: Sequence[str]) -> None:
    """Put the rows of `new` in the table between the marks of `file`, in the `order` of katas.

    Raises KitError if there are no marks.
    """
    text = file.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    between, end, after = rest.partition(END)
    if not (begin and end):
        raise KitError(f"has no place for the table; write {BEGIN} and {END}", where=f"{file}:1")
    kept = {}
    for line in between.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        kept[cells[0]] = cells[:-1]
    rows = kept | new
    chosen = table([rows[name] for name in order if name in rows])
    file.write_text(f"{before}{BEGIN}\n\n{chosen}\n\n{END}{after}", encoding="utf-8")


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m pytest_kata.author.mutants")
    parser.add_argument("katas", nargs="*", metavar="KATA", help="ids; without any, all katas")
    parser.add_argument("--into", type=Path, metavar="FILE", help="write the table there, too")
    asked = parser.parse_args(words)
    if importlib.util.find_spec("cosmic_ray") is None:
        print("there is no cosmic-ray; try: pip install 'pytest-kata[mutants]'", file=sys.stderr)
        return 1
    workspace = Workspace.find(Path.cwd())
    if workspace is None:
        print("there are no katas here", file=sys.stderr)
        return 1
    catalog = workspace.catalog()
    chosen = [kata for kata in catalog if not asked.katas or kata.id in asked.katas]
    rows: dict[str, list[str]] = {}
    mended = True
    try:
        for kata in chosen:
            verdicts = []
            for source in right(workspace, kata):
                with tempfile.TemporaryDirectory() as folder:
                    verdict = judge(workspace, kata, source, _apart(Path(folder)))
                print(told(workspace, verdict), flush=True)
                mended = mended and not (verdict.survivors or verdict.idle)
                verdicts.append(verdict)
            rows[kata.id] = row(kata.id, verdicts)
        if rows:
            print(f"\n{table(list(rows.values()))}")
        if asked.into is not None:
            write(asked.into, rows, [kata.id for kata in catalog])
    except KitError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0 if mended else 1


def _apart(folder: Path) -> Path:
    """A folder for a kit whose tests are imported anew: pytest knows them by their path."""
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return folder / folder.name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
