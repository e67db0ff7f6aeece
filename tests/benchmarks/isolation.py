"""What isolation costs: the same toy katas in child processes and in pytest's own, side by side.

    python tests/benchmarks/isolation.py                 20 katas of 3 tests, 9 rounds
    python tests/benchmarks/isolation.py --katas 40 --rounds 15 --torch

The two take turns, so that both see the same machine. The aim: at most 30 ms a kata, in the median.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from kits import SOLUTION, TESTS, Toy  # noqa: E402
from outside import kit, run  # noqa: E402

THIRD = '''

def test_five_doubled(kata):
    """Five becomes ten."""
    checks.close(kata.double(5), 10.0, "double(5)", atol=1e-6)
'''
AIM_MS = 30.0


class Cost(NamedTuple):
    """What one whole run takes: time, and processor time of all its processes."""

    wall: float
    cpu: float


def cost(root: Path, katas: int, isolation: str) -> Cost:
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = run(root, f"--kata-isolation={isolation}", "-p", "no:cacheprovider")
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert f"{3 * katas} passed" in done.out, done.out
    return Cost(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--katas", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--torch", action="store_true", help="the tests use torch")
    args = parser.parse_args()
    tests = TESTS + THIRD
    if args.torch:
        tests = tests.replace("from pytest_kata", "import torch\nfrom pytest_kata")
        tests = tests.replace("checks.close(", "torch.zeros(2).sum()\n    checks.close(")
    names = [f"toy_{chr(ord('a') + n // 26)}{chr(ord('a') + n % 26)}" for n in range(args.katas)]
    with tempfile.TemporaryDirectory() as folder:
        toys = [Toy(name, tests=tests, learner=SOLUTION) for name in names]
        root = kit(Path(folder).resolve(), *toys)
        taken: dict[str, list[Cost]] = {"auto": [], "off": []}
        for place in range(args.rounds + 1):
            for isolation, costs in taken.items():
                found = cost(root, args.katas, isolation)
                if place:
                    # The first round fills caches.
                    costs.append(found)
    print(f"{args.katas} katas of 3 tests, {args.rounds} rounds{', torch' * args.torch}, medians")
    print("                         time    processor time")
    auto, off = (
        [
            1000 * statistics.median(getattr(cost, kind) for cost in taken[key])
            for kind in Cost._fields
        ]
        for key in ("auto", "off")
    )
    print(f"  in child processes  {auto[0]:6.0f} ms  {auto[1]:6.0f} ms")
    print(f"  in pytest's own     {off[0]:6.0f} ms  {off[1]:6.0f} ms")
    print(f"  ratio               {auto[0] / off[0]:6.2f}     {auto[1] / off[1]:6.2f}")
    a_kata = [(a - b) / args.katas for a, b in zip(auto, off, strict=True)]
    print(f"  isolation, a kata   {a_kata[0]:6.1f} ms  {a_kata[1]:6.1f} ms   (aim: {AIM_MS:g} ms)")


if __name__ == "__main__":
    main()
