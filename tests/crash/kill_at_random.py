"""Kill `pytest katas/` at random instants of its life, and see that nothing is lost.

    python tests/crash/kill_at_random.py            300 kills
    python tests/crash/kill_at_random.py 12 --seed 3

Each round changes both katas of a toy kit, runs pytest, kills its process group with SIGKILL at
an instant of its own, and checks what is left; then pytest runs undisturbed. Rounds are spread
evenly over a whole run, with a random instant in each slice. Prints where the kills fell.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from kits import SOLUTION, Toy  # noqa: E402
from outside import events, finish, kit, progress, run, start  # noqa: E402

from pytest_kata.journal import parse  # noqa: E402
from pytest_kata.workspace import digest  # noqa: E402

NAMES = ("alpha", "bravo")
RIGHT = SOLUTION
WRONG = SOLUTION.replace("number * 2", "number * 7")


class Trial:
    """A kit whose learner changes both katas in every round: alpha is right, bravo is wrong."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = kit(root, *map(Toy, NAMES))
        self.random = random.Random(seed)
        self.round = 0
        self.fell: Counter[str] = Counter()
        self._write()
        begin = time.monotonic()
        self._undisturbed()
        self.seconds = time.monotonic() - begin

    def kill_at(self, instant: float) -> None:
        """One round; raises AssertionError for whatever is not as it should be."""
        self._write()
        before = self._journal()
        process, mark = start(self.root)
        time.sleep(instant)
        with_status = process.poll()
        if with_status is None:
            os.killpg(process.pid, signal.SIGKILL)
        done = finish(process, mark)
        assert not done.left, f"processes left: {done.left}"
        after = self._journal()
        assert after.startswith(before), "the journal lost something"
        reading = parse(after[len(before) :])
        assert not reading.unreadable, after[len(before) :]
        for name in NAMES:
            started = {e.sha256 for e in reading.events if (e.kata, e.event) == (name, "started")}
            if (self.root / f"ran-{name}-{self.round}").exists():
                assert self._digest(name) in started, f"{name} ran, and nobody wrote it down"
        self.fell[self._where(with_status, [e.event for e in reading.events])] += 1
        self._nothing_left()
        self._undisturbed()

    def close(self) -> None:
        """Half-written files may lie there for a minute; then they are swept."""
        parts = list((self.root / ".kata").rglob("*.part"))
        self.fell["half-written archive files"] += len(parts)
        for part in parts:
            os.utime(part, (0, 0))
        self._write()
        self._undisturbed()
        assert not list((self.root / ".kata").rglob("*.part")), "half-written files stay"

    def _write(self) -> None:
        self.round += 1
        for name, text in zip(NAMES, (RIGHT, WRONG), strict=True):
            mark = f"open({str(self.root / f'ran-{name}-{self.round}')!r}, 'w').close()\n"
            # Long enough for kills to fall into it; once a test.
            sleep = "import time; time.sleep(0.05)\n"
            self._file(name).write_text(text.replace("double", name) + mark + sleep)

    def _undisturbed(self) -> None:
        done = run(self.root)
        assert done.status == 1, done.out
        assert "1 of 2 solved" in done.out, done.out
        assert not done.left
        states = progress(self.root)
        for name in NAMES:
            # The killed run and this one ran the same bytes: one attempt, never none, never two.
            assert states[name].attempts == self.round, (name, states[name], self.round)
        assert re.search(rf"bravo .*attempt {self.round},", done.out), done.out
        assert states["alpha"].solved
        assert states["alpha"].attempts_at_solve == 1
        self._nothing_left()

    def _nothing_left(self) -> None:
        temporary = [p.name for p in (self.root / "tmp").iterdir()]
        assert not temporary, temporary
        for file in (self.root / ".kata").rglob("*"):
            if file.is_file() and file.suffix != ".part" and file.name != "journal.jsonl":
                assert file.stem == digest(file.read_bytes()), f"{file} is torn"

    def _where(self, status: int | None, written: list[str]) -> str:
        if status is not None:
            return "after the end"
        if not written:
            return "before any kata"
        if written.count("finished") == len(NAMES):
            return "after the last kata"
        return "while a kata ran" if written[-1] == "started" else "between katas"

    def _journal(self) -> bytes:
        events(self.root)
        return (self.root / ".kata" / "journal.jsonl").read_bytes()

    def _file(self, name: str) -> Path:
        return (
            self.root / "katas" / "01_first" / f"{NAMES.index(name) + 1:02}_{name}" / f"{name}.py"
        )

    def _digest(self, name: str) -> str:
        return digest(self._file(name).read_bytes())


def kill(root: Path, rounds: int, seed: int) -> Counter[str]:
    """So many kills, spread over a whole run; where they fell."""
    trial = Trial(root, seed)
    slices = list(range(rounds))
    trial.random.shuffle(slices)
    for place in slices:
        trial.kill_at((place + trial.random.random()) / rounds * trial.seconds * 1.05)
    trial.close()
    return trial.fell


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rounds", type=int, nargs="?", default=300)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        fell = kill(Path(folder).resolve(), args.rounds, args.seed)
    print(f"{args.rounds} kills in {time.monotonic() - begin:.0f} s, seed {args.seed}: all is well")
    for where, count in fell.most_common():
        print(f"  {count:4}  {where}")


if __name__ == "__main__":
    main()
