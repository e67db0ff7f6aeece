"""Whether a kata's tests ever refuse a right solution: many runs of each, on other seeds.

    python tests/steadiness.py                        every right solution, 200 runs, 50 under load
    python tests/steadiness.py accuracy --runs 20 --loaded 5
    python tests/steadiness.py --runs 4 --loaded 0 --threads 1,2 --dtypes float32,float64

Each run has a seed of its own (`--kata-seed`) and a process of its own, forked from one that has
torch. Runs under load come last, beside as many busy processes as there are cores, and one more.
`--threads` and `--dtypes` take turns: the number of threads that torch has, and its default dtype.
Ctrl-C, or SIGTERM, ends the runs, and shows those that there were. The exit status is 1 if any has
failed.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pytest

from pytest_kata import lazy
from pytest_kata.author.check import Session, run_session
from pytest_kata.author.mutants import right
from pytest_kata.catalog import Kata
from pytest_kata.selection import BOUND
from pytest_kata.workspace import Workspace

HEAD = f"{'kata':24}{'solution':27}{'runs':>5}{'failed':>8}{'seconds':>9}{'under load':>12}"
# Ends when its parent does, however that came about.
BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    sum(range(100000))"


class Way(NamedTuple):
    """In which way one run is made."""

    seed: int
    loaded: bool
    threads: int
    dtype: str

    def __str__(self) -> str:
        words = f"seed {self.seed}"
        words += f", {self.threads} threads" if self.threads > 1 else ""
        words += f", {self.dtype}" if self.dtype != "float32" else ""
        return words + (", under load" if self.loaded else "")


@dataclass
class Record:
    """The runs of one right solution."""

    seconds: dict[bool, list[float]] = field(default_factory=lambda: {False: [], True: []})
    # In which way, and what was refused in which words.
    failures: list[tuple[Way, list[str]]] = field(default_factory=list)

    @property
    def runs(self) -> int:
        return sum(map(len, self.seconds.values()))


class Steady(Session):
    """Runs the tests of the right solutions `records` has in every one of `ways`."""

    def __init__(self, records: dict[tuple[str, str], Record], ways: Sequence[Way]) -> None:
        super().__init__({})
        self._records = records
        self._ways = ways
        self._way = ways[0]

    def _is_wanted(self, item: pytest.Item) -> bool:
        return BOUND in item.stash and item.stash[BOUND].key in self._records

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed:
            return None
        batches = [
            (key, list(items))
            for key, items in itertools.groupby(session.items, lambda item: item.stash[BOUND].key)
        ]
        with contextlib.suppress(KeyboardInterrupt):
            for loaded, ways in itertools.groupby(self._ways, lambda way: way.loaded):
                with load() if loaded else contextlib.nullcontext():
                    for way in ways:
                        self._run(session, batches, way)
        return True

    def _run(
        self,
        session: pytest.Session,
        batches: Sequence[tuple[tuple[str, str], list[pytest.Item]]],
        way: Way,
    ) -> None:
        self._way, session.config.option.kata_seed = way, way.seed
        # A keeper knows the seed that there was when it was forked.
        plugin = session.config.pluginmanager.getplugin("kata-session")
        plugin.start_over()
        plugin.runner.close()
        for key, items in batches:
            self.outcomes.clear()
            begin = time.perf_counter()
            for item in items:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            record = self._records[key]
            record.seconds[way.loaded].append(time.perf_counter() - begin)
            folder, label = key
            tests = self.outcomes[folder][label].values()
            refused = [f"{test.test}: {test.words}" for test in tests if not test.passed]
            if len(tests) != len(items):
                refused.append(f"{len(items) - len(tests)} tests have said nothing")
            if refused:
                record.failures.append((way, refused))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """In the child: the test begins in the way of this run."""
        if lazy.torch_is_loaded():
            torch = sys.modules["torch"]
            torch.set_num_threads(self._way.threads)
            torch.set_default_dtype(getattr(torch, self._way.dtype))


@contextlib.contextmanager
def load() -> Iterator[None]:
    """Keep every core busy, and one process more waiting."""
    busy = [
        subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range((os.cpu_count() or 1) + 1)
    ]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def ways(
    runs: int, loaded: int, first: int, threads: Sequence[int], dtypes: Sequence[str]
) -> list[Way]:
    """One for each of `runs`, the last `loaded` of them under load."""
    turns = itertools.cycle(itertools.product(threads, dtypes))
    return [Way(first + n, n >= runs - loaded, *next(turns)) for n in range(runs)]


def row(kata: Kata, label: str, record: Record) -> str:
    quiet, loaded = (
        f"{statistics.mean(taken):.2f}" if taken else "-" for taken in record.seconds.values()
    )
    failed = len(record.failures)
    return f"{kata.id:24}{label:27}{record.runs:5}{failed:8}{quiet:>9}{loaded:>12}"


def _threads(text: str) -> list[int]:
    numbers = [int(word) for word in text.split(",")]
    if min(numbers) < 1:
        raise ValueError
    return numbers


def _dtypes(text: str) -> list[str]:
    names = text.split(",")
    if set(names) - {"float32", "float64"}:
        raise ValueError
    return names


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("katas", nargs="*", metavar="KATA", help="ids; without any, all katas")
    parser.add_argument("--runs", type=int, default=200, help="of each solution (default: 200)")
    parser.add_argument("--loaded", type=int, default=50, help="of these, under load (default: 50)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default: 1)")
    parser.add_argument(
        "--threads", type=_threads, default=[1], help="of torch, such as 1,2 (default: 1)"
    )
    parser.add_argument(
        "--dtypes", type=_dtypes, default=["float32"], help="such as float32,float64"
    )
    asked = parser.parse_args(words)
    if not 0 <= asked.loaded <= asked.runs:
        parser.error(f"--loaded is {asked.loaded}, of {asked.runs} runs")
    workspace = Workspace.find(Path.cwd())
    if workspace is None:
        print("there are no katas here", file=sys.stderr)
        return 2
    katas = [kata for kata in workspace.catalog() if not asked.katas or kata.id in asked.katas]
    if unknown := set(asked.katas) - {kata.id for kata in katas}:
        print(f"there is no kata {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):
        # Also where a shell has started this in the background, deaf to Ctrl-C.
        signal.signal(number, signal.default_int_handler)
    # Threads that wait for each other must not keep a busy machine busier.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Here and once: every keeper is forked from this process, and there is one for each seed.
    lazy.load_torch().set_num_threads(1)
    lazy.defer_compiler()
    records = {
        (str(kata.folder), source.label): Record()
        for kata in katas
        for source in right(workspace, kata)
    }
    steady = Steady(
        records, ways(asked.runs, asked.loaded, asked.first, asked.threads, asked.dtypes)
    )
    run_session(steady, katas)
    return told(katas, records, steady)


def told(katas: Sequence[Kata], records: dict[tuple[str, str], Record], steady: Steady) -> int:
    """Print a row for each solution, and what each failure said; the exit status."""
    by_folder = {str(kata.folder): kata for kata in katas}
    print(HEAD)
    for (folder, label), record in records.items():
        print(row(by_folder[folder], label, record))
        for way, refused in record.failures:
            for words in refused:
                print(f"    {way}: {words.partition(chr(10))[0]}")
    failed = sum(len(record.failures) for record in records.values())
    runs = sum(record.runs for record in records.values())
    print(f"{runs} runs of {len(records)} solutions: {failed or 'none'} failed")
    for error in steady.errors:
        print(error, file=sys.stderr)
    return 1 if failed or steady.errors or not runs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
