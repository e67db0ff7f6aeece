"""What the plugin costs a session that runs no kata: an untouched kit, and a foreign test suite.

python tests/benchmarks/suites.py
"""

from __future__ import annotations

import tempfile
from importlib.metadata import entry_points
from pathlib import Path

from turns import Taken, cold, parser, ratio, show, take_turns

from pytest_kata.workspace import lay_out

FILES = 10
COLLECT, RUN = "pytest --collect-only katas/", "pytest katas/"
# The warm-up passes as it is shipped, so that it is the one kata that is run.
IDLE = "pytest katas/ -k 'not warm_up'"
WITH, WITHOUT = "with the plugin", "with -p no:kata"


def untouched(rounds: int) -> Taken:
    """A first run of the kit as `kata init` lays it out, beside mere collection."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        lay_out(root)
        return take_turns(
            {
                COLLECT: lambda _: cold(root, " collected", "--collect-only", "katas/"),
                RUN: lambda _: cold(root, " not started", "katas/"),
                IDLE: lambda _: cold(root, " not started", "katas/", "-k", "not warm_up"),
            },
            rounds,
        )


def foreign(rounds: int, tests: int) -> Taken:
    """A suite of trivial tests that has nothing to do with katas."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for file in range(FILES):
            functions = [f"def test_{n}():\n    assert {n} + 1 > {n}\n" for n in range(tests)]
            (root / f"test_{file}.py").write_text("\n\n".join(functions[file::FILES]))
        says = f"{tests} passed"
        return take_turns(
            {
                WITHOUT: lambda _: cold(root, says, "-p", "no:kata"),
                WITH: lambda _: cold(root, says),
            },
            rounds,
        )


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--tests", type=int, default=500, help="in the foreign suite")
    args = arguments.parse_args()
    taken = untouched(args.rounds)
    show("An untouched kit", taken, f"at most 1.20; here {ratio(taken, RUN, COLLECT):.2f}")
    if not any(point.name == "kata" for point in entry_points(group="pytest11")):
        print("The plugin is not installed, so that what it costs others cannot be told.")
        return
    show(f"A foreign suite of {args.tests} tests", foreign(args.rounds, args.tests), "1.00")


if __name__ == "__main__":
    main()
