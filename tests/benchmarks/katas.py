"""What the katas' own tests cost: the reference solutions, on one thread; and the core from cold.

python tests/benchmarks/katas.py [KATA...]

Of each kata, the processor time of its tests, with everything that they load, torch not counted.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from turns import Taken, cold, parser, show, take_turns

# isort: split
import pytest
from outside import PROJECT

from pytest_kata import lazy
from pytest_kata.author.check import Session, run_session
from pytest_kata.catalog import Kata
from pytest_kata.selection import BOUND
from pytest_kata.workspace import Workspace, lay_out

MOST, FEW, FEW_KATAS = 1.0, 0.3, 6
COLD = "pytest katas/ --kata-source=solution"
SPENT = "processor seconds"


class Spent(Session):
    """Notes the processor time of every test of the reference solutions."""

    def __init__(self) -> None:
        super().__init__({})
        self.of: dict[str, Counter[str]] = {}
        self._begin = 0.0

    def _is_wanted(self, item: pytest.Item) -> bool:
        return BOUND in item.stash and item.stash[BOUND].label == "solution"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        self._begin = time.process_time()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        yield
        item.user_properties.append((SPENT, time.process_time() - self._begin))

    def pytest_runtest_logreport(self, report: Any) -> None:
        assert report.passed, report.longreprtext
        if report.when == "teardown":
            spent = dict(report.user_properties)[SPENT]
            self.of.setdefault(report.kata["folder"], Counter())[report.kata["name"]] += spent


def suites(katas: Sequence[Kata], rounds: int) -> tuple[Taken, dict[str, str]]:
    """Seconds of each kata in each round, and its dearest test with its share."""
    lazy.load_torch().set_num_threads(1)
    lazy.defer_compiler()
    taken: Taken = {kata.id: [] for kata in katas}
    tests: dict[str, Counter[str]] = {kata.id: Counter() for kata in katas}
    # The first one fills caches, and is not counted.
    for number in range(rounds + 1):
        spent = Spent()
        run_session(spent, katas)
        for error in spent.errors:
            raise error
        for kata in katas if number else ():
            of = spent.of[str(kata.folder)]
            taken[kata.id].append(of.total())
            tests[kata.id].update(of)
    dearest = {}
    for id, counter in tests.items():
        ((name, seconds),) = counter.most_common(1)
        dearest[id] = f"{name} ({100 * seconds / counter.total():.0f} %)"
    return taken, dearest


def table(katas: Sequence[Kata], taken: Taken, dearest: dict[str, str], rounds: int) -> None:
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"The tests of each reference solution, processor time ({rounds} rounds{load})")
    print(f"{'':26}  median     least   dearest test")
    medians = {id: statistics.median(seconds) for id, seconds in taken.items()}
    for id, seconds in taken.items():
        print(f"  {id:24}{1000 * medians[id]:5.0f} ms{1000 * min(seconds):7.0f} ms   {dearest[id]}")
    # The warm-up is none of the ten: there is nothing to write.
    written = [kata.id for kata in katas if not kata.passes_as_shipped]
    few = sum(medians[id] <= FEW for id in written)
    over = [id for id, median in medians.items() if median > MOST]
    print(f"  aim: at most {1000 * MOST:.0f} ms; above it: {', '.join(over) or 'none'}")
    print(f"  aim: {FEW_KATAS} of ten at most {1000 * FEW:.0f} ms; here {few} of {len(written)}")
    sys.stdout.flush()


def from_cold(rounds: int) -> Taken:
    """A pytest of its own that runs the core's reference solutions."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        lay_out(root)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / "solutions", root / "solutions", ignore=ignored)
        words = ("katas/01_core", "--kata-source=solution")
        return take_turns({COLD: lambda _: cold(root, " passed", *words)}, rounds)


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("katas", nargs="*", metavar="KATA", help="ids; without any, all katas")
    args = arguments.parse_args()
    workspace = Workspace.at(PROJECT / "katas")
    chosen = [kata for kata in workspace.catalog() if not args.katas or kata.id in args.katas]
    table(chosen, *suites(chosen, args.rounds), args.rounds)
    if not args.katas:
        show("The core from cold", from_cold(min(args.rounds, 3)), "at most 15000 ms")


if __name__ == "__main__":
    main()
