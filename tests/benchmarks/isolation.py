"""What isolation costs: the same toy katas in child processes and in pytest's own, side by side.

python tests/benchmarks/isolation.py                 20 katas of 3 tests
python tests/benchmarks/isolation.py --katas 40 --rounds 15 --torch
"""

from __future__ import annotations

import resource
import statistics
import tempfile
from pathlib import Path

from turns import Taken, cold, parser, show, take_turns

# isort: split
from kits import SOLUTION, TESTS, Toy
from outside import kit

THIRD = '''

def test_five_doubled(kata):
    """Five becomes ten."""
    checks.close(kata.double(5), 10.0, "double(5)", atol=1e-6)
'''
CHILDREN, OWN = "in child processes", "in pytest's own process"


def spent() -> float:
    """Seconds that the processors have worked for processes that were started here."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(katas: int, rounds: int, torch: bool) -> tuple[Taken, Taken]:
    """Time, and processor time."""
    tests = TESTS + THIRD
    if torch:
        tests = tests.replace("from pytest_kata", "import torch\nfrom pytest_kata")
        tests = tests.replace("checks.close(", "torch.zeros(2).sum()\n    checks.close(")
    names = [f"toy_{chr(ord('a') + n // 26)}{chr(ord('a') + n % 26)}" for n in range(katas)]
    worked: Taken = {OWN: [], CHILDREN: []}
    with tempfile.TemporaryDirectory() as folder:
        root = kit(Path(folder).resolve(),
                   *(Toy(name, tests=tests, learner=SOLUTION) for name in names))  # fmt: skip

        def once(name: str) -> float:
            isolation = f"--kata-isolation={'auto' if name == CHILDREN else 'off'}"
            before = spent()
            taken = cold(root, f"{3 * katas} passed", isolation, "-p", "no:cacheprovider", "katas/")
            worked[name].append(spent() - before)
            return taken

        taken = take_turns({OWN: lambda _: once(OWN), CHILDREN: lambda _: once(CHILDREN)}, rounds)
    return taken, {name: seconds[-rounds:] for name, seconds in worked.items()}


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--katas", type=int, default=20)
    arguments.add_argument("--torch", action="store_true", help="the tests use torch")
    args = arguments.parse_args()
    title = f"{args.katas} katas of 3 tests{', torch' * args.torch}"
    both = measure(args.katas, args.rounds, args.torch)
    for kind, taken in zip(("time", "processor time"), both, strict=True):
        extra = [a - b for a, b in zip(taken[CHILDREN], taken[OWN], strict=True)]
        a_kata = 1000 * statistics.median(extra) / args.katas
        show(f"{title}: {kind}", taken, f"30 ms a kata for isolation; here {a_kata:.1f} ms")


if __name__ == "__main__":
    main()
