"""pytest itself is ended: nothing that was written down is lost, and nothing is left behind."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import uuid
from pathlib import Path

import pytest
from crash.kill_at_random import kill
from kits import SOLUTION, Toy, write
from outside import environment, events, finish, kit, left, progress, run, start, wait_until

PYTHON_LOOP = "while True:\n        pass"
# Holds the interpreter: no Python signal handler ever runs.
C_LOOP = "import itertools\n    return sum(itertools.repeat(0))"
LOOPS = pytest.mark.parametrize("loop", [PYTHON_LOOP, C_LOOP], ids=["python", "c"])


def looping(root: Path, loop: str) -> Path:
    """A kit whose one started kata says that it runs, and then does not stop for an hour."""
    body = f"open({str(root / 'running')!r}, 'w').close()\n    {loop}"
    facts = {"limits": {"seconds": 3600, "memory": 256}}
    learner = SOLUTION.replace("return number * 2", body)
    return kit(root, Toy("alpha", facts=facts, learner=learner), Toy("bravo"))


def check_interrupted(root: Path) -> None:
    """One attempt that came to nothing, and a next run that works and counts as the second."""
    state = progress(root)["alpha"]
    assert (state.attempts, state.last_outcome) == (1, "interrupted")
    # The folder of pytest's own tmp_path is pytest's to keep.
    assert [p.name for p in (root / "tmp").glob("[!p]*")] == []
    write(root / "katas/01_first/01_alpha/alpha.py", SOLUTION.replace("double", "alpha"))
    done = run(root)
    assert "alpha  solved  gold  (2 attempts" in done.out


def test_kills_at_random_instants(tmp_path):
    fell = kill(tmp_path, rounds=12, seed=0)
    assert sum(fell.values()) - fell["half-written archive files"] == 12


@LOOPS
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_a_signal_to_pytest_ends_everything(tmp_path, name, loop):
    root = looping(tmp_path, loop)
    process, mark = start(root)
    assert wait_until((root / "running").exists)
    process.send_signal(signal.Signals[name])
    done = finish(process, mark)
    assert done.status == -signal.Signals[name]
    assert not done.left
    check_interrupted(root)


@LOOPS
def test_ctrl_c_ends_everything(tmp_path, loop):
    root = looping(tmp_path, loop)
    ours, theirs = pty.openpty()
    mark = uuid.uuid4().hex
    with open(root / "screen", "wb") as screen:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "katas/"],
            cwd=root,
            env=environment(root, mark),
            stdin=theirs,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
    os.close(theirs)
    try:
        assert wait_until((root / "running").exists)
        os.write(ours, b"\x03")
        assert process.wait(60) == pytest.ExitCode.INTERRUPTED
    finally:
        process.kill()
        os.close(ours)
    assert not left(mark)
    assert "KeyboardInterrupt" in (root / "screen").read_text()
    assert [e.outcome for e in events(root) if e.event == "finished"] == ["interrupted"]
    check_interrupted(root)


def test_a_killed_xdist_controller_takes_its_workers_along(tmp_path):
    pytest.importorskip("xdist")
    root = looping(tmp_path, C_LOOP)
    process, mark = start(root, "-n", "2")
    assert wait_until((root / "running").exists)
    process.kill()
    done = finish(process, mark)
    assert not done.left
    check_interrupted(root)


def test_half_written_archive_files_are_swept(tmp_path):
    root = kit(tmp_path, Toy(learner=SOLUTION))
    old = write(root / ".kata/archive/.abc.py.123.part", "half")
    young = write(root / ".kata/archive/.def.py.124.part", "half")
    os.utime(old, (0, 0))
    assert run(root).status == 0
    assert not old.exists()
    # Somebody may be writing this one.
    assert young.exists()
