"""Real pytest on a toy kit, in a process of its own, watched from outside.

    root = kit(tmp_path, Toy("alpha", learner=SOLUTION))
    done = run(root, "-x")              # done.status, done.out, done.left
    process, mark = start(root)         # to be killed
    events(root)                        # what the journal holds

Every process below one that was started here carries a mark in its environment, by which it is
found wherever it has gone to.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from kits import Toy, make_kit, write

from pytest_kata.journal import Event, parse
from pytest_kata.progress import KataProgress, fold

PROJECT = Path(__file__).resolve().parents[1]
# Nothing here takes that long; what does hangs.
GUARD_SECONDS = 120
MARK = "KATA_TEST_MARK"
# What the surroundings could change about what is under test.
_SURROUNDINGS = ("KATA_", "PYTEST_", "COV_", "COVERAGE_", "NO_COLOR", "FORCE_COLOR", "PY_COLORS")


class Done(NamedTuple):
    """A run that has ended: its exit status, all it wrote, and the processes it has left."""

    status: int
    out: str
    left: list[int]


def kit(root: Path, *toys: Toy) -> Path:
    """A toy kit with the settings that `kata init` writes."""
    make_kit(root, *toys)
    # Whoever has pytest-randomly: these tests are about the order of tests.
    options = "--import-mode=importlib -p no:randomly"
    write(root / "pytest.ini", f"[pytest]\ntestpaths = katas\naddopts = {options}\n")
    (root / "tmp").mkdir(exist_ok=True)
    return root


def environment(root: Path, mark: str, **changes: str) -> dict[str, str]:
    """This process's environment without what could steer pytest or the kit.

    `PATHS` in `changes` goes in front of the module search path.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_SURROUNDINGS)}
    paths = [changes.pop("PATHS", ""), str(PROJECT), kept.get("PYTHONPATH", "")]
    kept |= {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "TMPDIR": str(root / "tmp"),
        "COLUMNS": "250",
        MARK: mark,
    }
    return kept | changes


def start(root: Path, *words: str, **env: str) -> tuple[subprocess.Popen[bytes], str]:
    """`pytest katas/ *words` in a process group of its own, and the mark of its processes."""
    mark = uuid.uuid4().hex
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "katas/", *words],
        cwd=root,
        env=environment(root, mark, **env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    return process, mark


def finish(process: subprocess.Popen[bytes], mark: str) -> Done:
    try:
        out, _ = process.communicate(timeout=GUARD_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return Done(process.returncode, out.decode("utf-8", "replace"), left(mark))


def run(root: Path, *words: str, **env: str) -> Done:
    """`pytest katas/ *words` to its end."""
    done = finish(*start(root, *words, **env))
    assert "INTERNALERROR" not in done.out, done.out
    return done


def kata(root: Path, *words: str, **env: str) -> Done:
    """The command `kata`."""
    mark = uuid.uuid4().hex
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest_kata.cli", *words],
        cwd=root,
        env=environment(root, mark, **env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return finish(process, mark)


def alive(mark: str) -> list[int]:
    """The processes that carry `mark` and have not ended."""
    found = []
    wanted = f"{MARK}={mark}".encode()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


def left(mark: str, seconds: float = 20.0) -> list[int]:
    """The processes with `mark` that are still there when they have had time to end."""
    wait_until(lambda: not alive(mark), seconds)
    return alive(mark)


def wait_until(condition: Callable[[], object], seconds: float = GUARD_SECONDS) -> bool:
    """Whether `condition` came true within `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


def events(root: Path, home: str = ".kata") -> list[Event]:
    """What the journal holds; every line of it must be readable."""
    journal = root / home / "journal.jsonl"
    reading = parse(journal.read_bytes() if journal.exists() else b"")
    assert not reading.unreadable, journal.read_bytes()
    return reading.events


def progress(root: Path, home: str = ".kata") -> dict[str, KataProgress]:
    return fold(events(root, home))


def screen(out: str) -> list[str]:
    """Our part of what pytest wrote: from the board to what comes next."""
    lines = out.splitlines()
    first = next(n for n, line in enumerate(lines) if "░" in line or "█" in line or "▒" in line)
    last = next(n for n, line in enumerate(lines) if line.startswith("Next: "))
    return lines[first : last + 1]


def verdicts(file: Path) -> dict[str, str]:
    """Test -> "passed", or the words of its failure, from a JUnit file."""
    found = {}
    for case in ET.parse(file).getroot().iter("testcase"):
        failures = [node.text or "" for kind in ("failure", "error") for node in case.iter(kind)]
        key = f"{case.get('classname')}::{case.get('name')}"
        assert key not in found, f"{key} has two verdicts"
        found[key] = "\n".join(failures) or "passed"
    return found
