"""What `kata watch` saves a learner: from save to verdict, beside what else there is.

    python tests/benchmarks/watch.py                          all of the katas below
    python tests/benchmarks/watch.py --kata toy --rounds 30

toy is a kata of two tests without torch, step one of two tests that train with it, and accuracy
one of the kit. Each contender has a copy of the kit for itself. A save is the solution with another
comment; the verdict is there when the learner can read it. pytest-watcher takes part where it is
installed, without the 0.2 s that it waits by default.
"""

from __future__ import annotations

import importlib.util
import os
import struct
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from turns import PLAIN, Contender, Taken, clean, cold, parser, ratio, show, take_turns

try:
    import fcntl
    import pty
    import select
    import termios
except ImportError:
    sys.exit("This benchmark needs a pseudo-terminal, and there is none on this platform.")

# isort: split
from kits import SOLUTION, Toy
from outside import PROJECT, events, kit

from pytest_kata.workspace import lay_out

GUARD_SECONDS = 120
WATCH, COLD, LAST, WATCHER = "kata watch", "pytest", "pytest --lf", "pytest-watcher"
OWN = "the tests' own work"


class Case(NamedTuple):
    """A kata in a copy of a kit, and a solution of it."""

    root: Path
    folder: str
    name: str
    solution: str

    def save(self, number: int) -> None:
        (self.root / self.folder / f"{self.name}.py").write_text(f"{self.solution}# {number}\n")


def toy(root: Path) -> Case:
    kit(root, Toy("alpha"), Toy("bravo"))
    return Case(root, "katas/01_first/01_alpha", "alpha", SOLUTION.replace("double", "alpha"))


def accuracy(root: Path) -> Case:
    root.mkdir()
    lay_out(root)
    inside = "01_core/05_accuracy"
    solution = (PROJECT / "solutions" / inside / "accuracy.py").read_text(encoding="utf-8")
    return Case(root, f"katas/{inside}", "accuracy", solution)


def step(root: Path) -> Case:
    kit(root, Toy("step", starter=STEP.replace("optimizer.step()", "..."), tests=STEP_TESTS))
    return Case(root, "katas/01_first/01_step", "step", STEP)


STEP = '''"""One step down."""

import torch


def step(weight, rate):
    """Take one step of AdamW against the sum of squares, and hand back the loss before it."""
    optimizer = torch.optim.AdamW([weight], lr=rate)
    loss = (weight**2).sum()
    loss.backward()
    optimizer.step()
    return loss.item()
'''
STEP_TESTS = '''"""The spec."""

import torch
from pytest_kata import checks


def test_loss(kata):
    """The loss is that before the step."""
    checks.close(kata.step(torch.ones(3, requires_grad=True), 0.1), 3.0, "the loss", atol=1e-6)


def test_weight(kata):
    """The weight has moved by the rate."""
    weight = torch.ones(3, requires_grad=True)
    kata.step(weight, 0.2)
    checks.close(weight.detach()[0].item(), 0.798, "the weight", atol=1e-4)
'''
CASES = {"toy": toy, "step": step, "accuracy": accuracy}


class Screen:
    """A command on a terminal of its own."""

    def __init__(self, root: Path, *words: str) -> None:
        self.terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=root,
            env=clean(root) | {"TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def sees(self, words: str) -> None:
        """Wait for the words; what came with them has been seen."""
        seen, end = b"", time.monotonic() + GUARD_SECONDS
        while words.encode() not in seen:
            assert time.monotonic() < end, f"{words!r} did not come: {seen!r}"
            assert self.process.poll() is None, f"it has ended: {seen!r}"
            if select.select([self.terminal], [], [], 1)[0]:
                seen += os.read(self.terminal, 1 << 16)

    def rest(self) -> None:
        """See what is still to come of what has been shown."""
        while select.select([self.terminal], [], [], 0.1)[0]:
            os.read(self.terminal, 1 << 16)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(GUARD_SECONDS)
        os.close(self.terminal)


def from_save(case: Case, screen: Screen, number: int, words: str) -> float:
    """Seconds from a save to the words on the screen."""
    screen.rest()
    begin = time.perf_counter()
    case.save(number)
    screen.sees(words)
    taken = time.perf_counter() - begin
    assert events(case.root)[-1].outcome == "passed", events(case.root)[-1]
    return taken


def from_start(case: Case, number: int, *words: str) -> float:
    """Seconds from the start of a cold pytest, right after a save, to its end."""
    case.save(number)
    return cold(case.root, " passed", case.folder, *words)


def own_work(case: Case, number: int) -> float:
    """Seconds that the tests themselves take, by pytest's own count of their calls."""
    report = case.root / "report.xml"
    from_start(case, number, f"--junitxml={report}", "-o", "junit_duration_report=call")
    return sum(float(found.attrib["time"]) for found in ET.parse(report).iter("testcase"))


def measure(kata: str, rounds: int) -> Taken:
    contenders: dict[str, Contender] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:

        def case(name: str) -> Case:
            return CASES[kata](Path(folder).resolve() / name)

        warm = case("watch")
        watch = Screen(warm.root, "pytest_kata.cli", "watch", warm.name)
        stack.callback(watch.close)
        watch.sees("not started")
        contenders[WATCH] = lambda n: from_save(warm, watch, n, "from save to verdict")
        plain, last, own = case("cold"), case("last"), case("own")
        contenders[COLD] = lambda n: from_start(plain, n, "-p", "no:cacheprovider")
        contenders[LAST] = lambda n: from_start(last, n, "--lf")
        if importlib.util.find_spec("pytest_watcher"):
            other = case("watcher")
            runner = str(Path(sys.executable).with_name("pytest"))
            # By watchdog 7, its default pattern *.py matches nothing in a folder.
            options = ["--delay=0", "--patterns=**/*.py", f"--runner={runner}", *PLAIN]
            watcher = Screen(other.root, "pytest_watcher", other.folder, *options, other.folder)
            stack.callback(watcher.close)
            watcher.sees("Waiting for file changes")
            contenders[WATCHER] = lambda n: from_save(other, watcher, n, " passed")
        else:
            print("pytest-watcher is not installed, and does not take part.")
        contenders[OWN] = lambda n: own_work(own, n)
        return take_turns(contenders, rounds)


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--kata", choices=CASES, action="append", help="default: each of them")
    args = arguments.parse_args()
    for kata in args.kata or CASES:
        taken = measure(kata, args.rounds)
        beyond = [warm - own for warm, own in zip(taken[WATCH], taken[OWN], strict=True)]
        title = f"From save to verdict, kata {kata}"
        show(title, {WATCH: taken[WATCH], "  beyond the tests' own work": beyond} | taken,
             "100 ms, 95th percentile 200 ms beyond the tests' own work, on an idle machine",
             f"{COLD} at least 30 times as long; here {ratio(taken, COLD, WATCH):.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
