"""The journal under fire: a disk that is full or read-only, and a clock that is put back.

A run tells the truth whatever becomes of its record, says that the record is missing, and the
next one that can write goes on.
"""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from kits import SOLUTION, Toy, write
from outside import events, kata, kit, progress, run

from pytest_kata.journal import parse

WRONG = SOLUTION.replace("number * 2", "number * 7")
HOME = {"KATA_HOME": "home"}


@pytest.fixture
def small_disk(tmp_path):
    """A kit whose home is a disk of its own, with 64 KiB."""
    root = kit(tmp_path, Toy(learner=WRONG))
    (root / "home").mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(root / "home")]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("no permission to mount a disk")
    yield root
    subprocess.run(["umount", "-l", str(root / "home")], check=True)


def attempt(root: Path, number: int) -> None:
    write(root / "katas/01_first/01_double/double.py", f"{WRONG}# {number}\n")


def faulty(root: Path, code: str) -> dict[str, str]:
    """Environment for a Python that runs `code` before anything else."""
    write(root / "faults" / "sitecustomize.py", code)
    return {**HOME, "PATHS": str(root / "faults")}


# What reaches the journal is cut short by a disk with no room for more.
TORN = """
import os
real = os.write

def write(fd, data):
    if os.readlink(f"/proc/self/fd/{fd}").endswith("journal.jsonl"):
        return real(fd, data[: len(data) // 2])
    return real(fd, data)

os.write = write
"""
REFUSED = """
import errno, os
real = os.open

def open(path, flags, *args, **kwargs):
    if str(path).endswith("journal.jsonl") and flags & os.O_WRONLY:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))
    return real(path, flags, *args, **kwargs)

os.open = open
"""
BEHIND = """
import time
real = time.time
time.time = lambda: real() - 86400
"""


def test_full_disk(small_disk):
    root = small_disk
    assert run(root, **HOME).status == 1
    filler = root / "home" / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1024))
    attempt(root, 2)
    done = run(root, **HOME)
    assert done.status == 1
    assert "cannot be written (No space left on device)" in done.out
    assert "2 failed" in done.out
    assert not list((root / "home").rglob("*.part"))
    filler.unlink()
    attempt(root, 3)
    done = run(root, **HOME)
    assert "cannot be written" not in done.out
    assert "double  test_one_doubled" in done.out
    assert events(root, "home")[-1].event == "finished"


def test_torn_lines_heal(tmp_path):
    root = kit(tmp_path, Toy(learner=WRONG))
    done = run(root, **faulty(root, TORN))
    assert done.status == 1
    assert "cannot be written (No space left on device); this run is not recorded" in done.out
    assert "attempt 1," in done.out
    attempt(root, 2)
    done = run(root, **HOME)
    assert done.status == 1
    assert "2 lines of the journal cannot be read; kept, and passed over" in done.out
    reading = parse((root / "home/journal.jsonl").read_bytes())
    assert [event.event for event in reading.events] == ["started", "finished"]


def test_read_only_disk(small_disk):
    root = small_disk
    assert "attempt 1," in run(root, **HOME).out
    before = (root / "home/journal.jsonl").read_bytes()
    subprocess.run(["mount", "-o", "remount,ro", str(root / "home")], check=True)
    attempt(root, 2)
    done = run(root, **HOME)
    assert done.status == 1
    assert "attempt 2," in done.out
    assert "cannot be written (Read-only file system)" in done.out
    assert (root / "home/journal.jsonl").read_bytes() == before
    mine = root / "katas/01_first/01_double/double.py"
    work = mine.read_bytes()
    refused = kata(root, "reset", "double", **HOME)
    assert refused.status == 1
    assert "cannot be archived" in refused.out
    assert mine.read_bytes() == work


def test_refused_writes_cost_the_record_only(tmp_path):
    root = kit(tmp_path, Toy("alpha", learner=SOLUTION))
    done = run(root, **faulty(root, REFUSED))
    assert done.status == 0
    assert "alpha  solved  gold" in done.out
    assert "cannot be written (Read-only file system); this run is not recorded" in done.out
    assert not events(root, "home")


def test_clock_put_back(tmp_path):
    """A hint and an attempt stay before the solution that came after them."""
    root = kit(tmp_path, Toy(learner=WRONG))
    assert "attempt 1," in run(root, **HOME).out
    assert kata(root, "hint", **HOME).status == 0
    write(root / "katas/01_first/01_double/double.py", SOLUTION)
    done = run(root, **faulty(root, BEHIND))
    assert "double  solved  silver  (2 attempts" in done.out
    state = progress(root, "home")["double"]
    assert (state.attempts_at_solve, state.hints_at_solve, state.last_outcome) == (2, 1, "passed")
    # And the clock is right again.
    write(root / "katas/01_first/01_double/double.py", WRONG)
    assert "attempt 3," in run(root, **HOME).out
