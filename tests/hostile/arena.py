"""Where hostile learners meet real pytest: a toy kit, and a record of all that must be seen of it.

A learner is a file in `learners/`. Its docstring says what it does, and then

    reads: a part of the sentence that the learner must read
    reads from 3.12: the same, where a later Python has another end for it
    modes: isolated, xdist, fallback    in which of these it is run; isolated alone if not said
    toy: list                           which toy it is about; the number if not said
    touches: journal                    which of the kit's files it changes on purpose
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from kits import SOLUTION, STARTER, Toy, make_kit, write

from pytest_kata.journal import Event, parse
from pytest_kata.progress import fold

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LEARNERS = HERE / "learners"
GOOD = "well_behaved"
LIMIT_SECONDS = 1
# No run takes as long; it is here so that a hang is a failure and not a hang.
GUARD_SECONDS = 90

# Each toy's tests ask for `double`.
TOYS = {
    "number": '''from pytest_kata import checks


def test_three(kata):
    """Three becomes six."""
    checks.close(kata.double(3), 6.0, "double(3)", atol=1e-6)
''',
    "two": '''from pytest_kata import checks


def test_one(kata):
    """One becomes two."""
    checks.close(kata.double(1), 2.0, "double(1)", atol=1e-6)


def test_three(kata):
    """Three becomes six."""
    checks.close(kata.double(3), 6.0, "double(3)", atol=1e-6)
''',
    "tensor": '''import torch

from pytest_kata import checks


def test_tensor(kata):
    """Every entry is doubled."""
    want = torch.tensor([2.0, -4.0, 6.0])
    checks.close(kata.double(torch.tensor([1.0, -2.0, 3.0])), want, "double(numbers)", atol=1e-6)
''',
    "two tensors": '''import torch

from pytest_kata import checks


def test_one(kata):
    """One becomes two."""
    want = torch.tensor([2.0])
    checks.close(kata.double(torch.tensor([1.0])), want, "double(one)", atol=1e-6)


def test_three(kata):
    """Three becomes six."""
    want = torch.tensor([6.0])
    checks.close(kata.double(torch.tensor([3.0])), want, "double(three)", atol=1e-6)
''',
    "list": '''from pytest_kata import checks


def test_list(kata):
    """Every entry is doubled."""
    checks.equal(kata.double([1, 2]), [2, 4], "double([1, 2])")
''',
    "dict": '''from pytest_kata import checks


def test_dict(kata):
    """Every value is doubled."""
    checks.equal(kata.double({"a": 1}), {"a": 2}, "double(table)")
''',
    "text": '''from pytest_kata import checks


def test_text(kata):
    """A text is said twice."""
    checks.equal(kata.double("ab"), "abab", "double('ab')")
''',
    "gradient": '''import torch

from pytest_kata import checks


def test_gradient(kata):
    """The weight has a gradient."""
    weight = torch.ones(3, requires_grad=True)
    kata.double(weight)
    checks.gradient(weight, "the weight")
''',
    "state": '''import copy

import torch

from pytest_kata import checks


def test_state(kata):
    """The state is handed back as it was."""
    state = {"weight": torch.ones(3)}
    before = copy.deepcopy(state)
    checks.unchanged(kata.double(state), before, "the state")
''',
    "raises": '''from pytest_kata import checks


def test_raises(kata):
    """None cannot be doubled."""
    with checks.raises(ValueError, "double(None)", mentions=["none"]):
        kata.double(None)
''',
}
_OF_TORCH = ("tensor", "two tensors", "gradient", "state")


@dataclass(frozen=True)
class Learner:
    """A hostile file, and what its docstring promises."""

    file: Path
    does: str
    reads: str
    reads_here: str
    modes: tuple[str, ...]
    toy: str
    touches: str

    @property
    def name(self) -> str:
        return self.file.stem


def learners(mode: str = "isolated") -> list[Learner]:
    """Those that are run in `mode`, by name."""
    found = [_learner(file) for file in sorted(LEARNERS.glob("*.py"))]
    return [learner for learner in found if mode in learner.modes]


def _learner(file: Path) -> Learner:
    # Not by ast: one of them is no Python.
    does, *lines = file.read_text().split('"""')[1].strip().splitlines()
    said = dict(line.split(": ", 1) for line in lines if line)
    modes = tuple(said.get("modes", "isolated").split(", "))
    toy, touches = said.get("toy", "number"), said.get("touches", "")
    later = sys.version_info >= (3, 12) and said.get("reads from 3.12")
    return Learner(file, does, said["reads"], later or said["reads"], modes, toy, touches)


def groups(found: list[Learner], size: int = 12) -> list[list[Learner]]:
    """Learners that share a run.

    Those that take the journal from the others have their own, and those that are no file any
    more, so that theirs is the one which the screen points at. Those of torch keep together, so
    that it is loaded less often.
    """
    alone = [learner for learner in found if learner.touches in ("journal", "own")]
    others = [learner for learner in found if learner not in alone]
    others.sort(key=lambda learner: learner.toy in _OF_TORCH)
    shared = [others[start : start + size] for start in range(0, len(others), size)]
    return [[learner] for learner in alone] + shared


@dataclass
class Run:
    """What one run of pytest showed, and what it left. `junit` goes by the katas' names."""

    group: list[Learner]
    status: int | None
    screen: str
    left: list[str]
    unreadable: int
    events: list[Event]
    solved: set[str]
    junit: dict[str, list[str]]
    changed: dict[str, str]
    litter: list[str]

    def finished(self, name: str) -> list[Event]:
        return [e for e in self.events if e.event == "finished" and e.kata == kata_id(name)]


def kata_id(name: str) -> str:
    return name.replace("_", "-")


def run(folder: Path, group: list[Learner], *options: str, guard: float = GUARD_SECONDS) -> Run:
    """Run `group` beside a well-behaved kata, in a fresh kit in `folder`."""
    kit, temporary = folder / "kit", folder / "tmp"
    temporary.mkdir(parents=True)
    _lay(kit, group)
    before = _hashes(kit)
    junit = folder / "junit.xml"
    command = [sys.executable, "-m", "pytest", "katas", "-v", f"--junitxml={junit}", *options]
    done = subprocess.run(
        [sys.executable, HERE / "hold.py", str(guard), *command],
        cwd=kit,
        env=_environment(temporary),
        capture_output=True,
        text=True,
        errors="replace",
    )
    held = json.loads(done.stdout)
    content = b""
    if (kit / ".kata" / "journal.jsonl").is_file():
        content = (kit / ".kata" / "journal.jsonl").read_bytes()
    reading = parse(content)
    after = _hashes(kit)
    return Run(
        group=group,
        status=held["status"],
        screen=done.stderr,
        left=held["left"],
        unreadable=reading.unreadable,
        events=reading.events,
        solved={name for name, state in fold(reading.events).items() if state.solved},
        junit=_failures(junit),
        changed={
            path: "gone" if path not in after else "new" if path not in before else "changed"
            for path in before.keys() | after.keys()
            if before.get(path) != after.get(path)
        },
        # xdist makes pytest's own folder for tmp_path, which pytest keeps for a while.
        litter=[one.name for one in temporary.iterdir() if not one.name.startswith("pytest-of-")],
    )


def _environment(temporary: Path) -> dict[str, str]:
    ours = {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    ours |= {"TMPDIR": str(temporary), "COLUMNS": "240", "NO_COLOR": "1"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KATA_", "PYTEST_"))}
    return kept | ours


def _lay(kit: Path, group: list[Learner]) -> None:
    facts = {"limits": {"seconds": LIMIT_SECONDS, "memory": 100}}
    toys = [Toy(learner.name, facts=facts) for learner in group]
    make_kit(kit, *toys, Toy(GOOD, facts=facts))
    write(kit / "pytest.ini", "[pytest]\naddopts = --import-mode=importlib\n")
    texts = {learner.name: (learner.file.read_bytes(), TOYS[learner.toy]) for learner in group}
    texts[GOOD] = SOLUTION.encode(), TOYS["number"]
    for folder in kit.glob("katas/*/*"):
        name = folder.name[3:]
        code, tests = texts[name]
        (folder / f"{name}.py").write_bytes(code)
        write(folder / f"test_{name}.py", tests)
        # All of them ask for `double`, whatever the kata is called.
        write(kit / "solutions" / folder.parent.name / folder.name / "starter.py", STARTER)


def _hashes(kit: Path) -> dict[str, str]:
    """Path -> digest of every file but what pytest and the kit keep for themselves."""
    own = {".kata", ".pytest_cache", "__pycache__"}
    found = {}
    for file in sorted(kit.rglob("*")):
        inside = file.relative_to(kit)
        if file.is_dir() or own & set(inside.parts):
            continue
        content = file.read_bytes() if file.is_file() else b""
        found[str(inside)] = hashlib.sha256(content).hexdigest()
    return found


def _failures(junit: Path) -> dict[str, list[str]]:
    """Kata -> the failures and errors of its tests in the JUnit file; an empty list if none."""
    if not junit.exists():
        return {}
    found: dict[str, list[str]] = {}
    for case in ElementTree.parse(junit).iter("testcase"):
        name = case.get("classname", "").rpartition(".")[2].removeprefix("test_")
        failures = found.setdefault(name, [])
        failures += [(one.text or "") for one in case if one.tag in ("failure", "error")]
    return found
