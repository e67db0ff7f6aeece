"""What the watch saves a learner: from save to verdict, beside a cold pytest on the same file.

    python tests/benchmarks/watch.py                     a toy kata, 9 rounds
    python tests/benchmarks/watch.py --torch             its tests load torch

The two take turns, so that both see the same machine. Last, what it takes to read and to fold
journals of 5,000 and, with --million, of 1,000,000 events; the aims are 50 ms and 3 s.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[n]) for n in (1, 2)]

from kits import TESTS, Toy  # noqa: E402
from outside import kit, run  # noqa: E402
from test_watch import RIGHT, file_of, watching  # noqa: E402

from pytest_kata.journal import Event, line, parse  # noqa: E402
from pytest_kata.progress import fold  # noqa: E402


def loop(rounds: int, torch: bool) -> None:
    tests = TESTS.replace("from", "import torch\nfrom", 1) if torch else TESTS
    warm, cold = [], []
    with tempfile.TemporaryDirectory() as folder:
        root = kit(Path(folder), Toy("alpha", tests=tests))
        with watching(root) as terminal:
            terminal.sees("not started")
            for number in range(rounds):
                text = f"{RIGHT}# {number}\n"
                begin = time.perf_counter()
                file_of(root).write_text(text)
                terminal.gets(text, "passed")
                warm.append(time.perf_counter() - begin)
                # In a journal of its own: the watch's verdicts are counted by theirs.
                begin = time.perf_counter()
                done = run(root, f"--kata-home={root / 'cold'}", "-p", "no:cacheprovider")
                cold.append(time.perf_counter() - begin)
                assert "2 passed" in done.out, done.out
    ratio = statistics.median(c / w for c, w in zip(cold, warm, strict=True))
    print(f"save to verdict, watch: median {statistics.median(warm) * 1000:.0f} ms, "
          f"worst {max(warm) * 1000:.0f} ms")  # fmt: skip
    print(f"cold pytest: median {statistics.median(cold) * 1000:.0f} ms, {ratio:.1f} times as long")


def journal(count: int) -> None:
    events = []
    for number in range(count // 2):
        run, sha256 = f"{number:016x}", f"{number:064x}"
        first = Event(1.7e9 + number, "learner", f"kata-{number % 60}", "started", run, sha256)
        last = first._replace(
            t=first.t + 0.5, event="finished", outcome="failed", failed=2, tests=2
        )
        events += [line(first), line(last)]
    content = b"".join(events)
    begin = time.perf_counter()
    found = parse(content).events
    read = time.perf_counter()
    fold(found)
    end = time.perf_counter()
    assert len(found) == count
    print(f"{count} events: read {read - begin:.3f} s, fold {end - read:.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--torch", action="store_true", help="the tests use torch")
    parser.add_argument("--million", action="store_true", help="a long journal as well")
    args = parser.parse_args()
    loop(args.rounds, args.torch)
    journal(5_000)
    if args.million:
        journal(1_000_000)


if __name__ == "__main__":
    main()
