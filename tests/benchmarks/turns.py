"""What the benchmarks share: contenders take turns, and a table says how they compare.

A figure of its own says little on a machine that does other things as well. Its ratio to another
that was taken a moment before says more, and the median over some rounds of it more again.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[n]) for n in (1, 2)]

from outside import environment  # noqa: E402

# What a learner who has installed the kit and nothing else does not have.
PLAIN = ("-p", "no:hypothesispytest", "-p", "no:xdist", "-p", "no:pytest_cov")
# Hands back how many seconds the round of this number took.
Contender = Callable[[int], float]
Taken = dict[str, list[float]]


def parser(doc: str | None) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--rounds", type=int, default=9, help="how many to count (default: 9)")
    return made


def take_turns(contenders: Mapping[str, Contender], rounds: int) -> Taken:
    """Seconds of each contender in each round.

    One more comes first, which fills caches and is not counted, unless a single round is asked for.
    """
    taken: Taken = {name: [] for name in contenders}
    for number in range(rounds + (rounds > 1)):
        # To and fro, so that nobody always comes after the same one.
        for name in list(contenders)[:: -1 if number % 2 else 1]:
            taken[name].append(contenders[name](number))
    return {name: seconds[-rounds:] for name, seconds in taken.items()}


def ratio(taken: Taken, name: str, to: str) -> float:
    """How many times as long, in the median of the rounds."""
    return statistics.median(one / two for one, two in zip(taken[name], taken[to], strict=True))


def show(title: str, taken: Taken, *aims: str) -> None:
    """Print a table; the ratios are to its first row."""
    first = next(iter(taken))
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"\n{title} ({len(taken[first])} rounds{load})")
    print(f"{'':34}    median      95th     ratio")
    for name, seconds in taken.items():
        middle, most = 1000 * statistics.median(seconds), 1000 * _most(seconds)
        print(f"  {name:32}{middle:7.1f} ms{most:7.1f} ms{ratio(taken, name, first):10.2f}")
    for aim in aims:
        print(f"  aim: {aim}")
    sys.stdout.flush()


def _most(seconds: Sequence[float]) -> float:
    """The 95th percentile."""
    if len(seconds) < 2:
        return max(seconds)
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def timed(action: Callable[[], object]) -> float:
    """Seconds that `action` takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def words_of(root: Path, *words: str) -> str:
    """All that a cold `python -m pytest *words` in `root` writes, in an empty environment."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *PLAIN, *words],
        cwd=root,
        env=clean(root),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode("utf-8", "replace")


def clean(root: Path) -> dict[str, str]:
    """An environment in which nothing steers pytest or the kit, and the window is 100 wide."""
    (root / "tmp").mkdir(exist_ok=True)
    made = environment(root, "benchmark", COLUMNS="100")
    # With it set, Python compiles every module that has changed anew in every run.
    made.pop("PYTHONDONTWRITEBYTECODE", None)
    return made


def cold(root: Path, says: str, *words: str) -> float:
    """Seconds of a cold pytest, from its start to its end; it must say `says`."""
    begin = time.perf_counter()
    told = words_of(root, *words)
    taken = time.perf_counter() - begin
    assert says in told, told
    return taken
