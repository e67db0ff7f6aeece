"""Toy kits in folders of their own, and the real pytest and the real command run on them.

The toy katas multiply. None needs torch, so that a whole session over them takes half a second.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kits import Toy, add_kata

ROOT = Path(__file__).resolve().parents[1]
GUARD_SECONDS = 60

# What the surroundings of a test run could change about what is under test.
_SURROUNDINGS = re.compile(
    r"KATA_.*|PYTEST_.*|PYTHON.*|NO_COLOR|FORCE_COLOR|PY_COLORS|COLUMNS|LINES|CI|BUILD_NUMBER|LC_.*"
)


class Result(NamedTuple):
    """What a process left: its exit status and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def counts(self) -> dict[str, int]:
        """The counts in pytest's last line: {"failed": 1, "passed": 2}."""
        last = next(line for line in reversed(self.out.splitlines()) if " in " in line)
        found = re.findall(r"(\d+) (failed|passed|not started|skipped|errors?|deselected)", last)
        return {word: int(number) for number, word in found}


def environment(**changes: str) -> dict[str, str]:
    """This process's environment with nothing in it that steers pytest, Python or the kit."""
    kept = {k: v for k, v in os.environ.items() if not _SURROUNDINGS.fullmatch(k)}
    return {**kept, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "TERM": "xterm", **changes}


def run(
    words: Sequence[str],
    folder: Path,
    env: Mapping[str, str] | None = None,
    guard: float = GUARD_SECONDS,
) -> Result:
    """Run Python with `words` in `folder`; whatever happens, nobody is shown a traceback."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment(**(env or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=guard,
        check=False,
    )
    result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in result.err, result.err
    assert "INTERNALERROR" not in result.out + result.err, result.out + result.err
    return result


STARTER = '''\
"""Write {name}, which multiplies by {factor}."""


def {name}(x):
    # TODO: multiply
    raise NotImplementedError
'''

RIGHT = '''\
"""Multiplies by {factor}."""


def {name}(x):
    return x * {factor}
'''

OTHER = '''\
"""Adds {factor} times."""


def {name}(x):
    return sum([x] * {factor})
'''

TESTS = '''\
from pytest_kata import checks


def test_five(kata):
    """Five, multiplied."""
    got = kata.{name}(5)
    checks.equal(got, {five}, "{name}(5)", looks_like={{"addition": 5 + {factor}}})


def test_minus_one(kata):
    """A negative number, multiplied."""
    checks.equal(kata.{name}(-1), -{factor}, "{name}(-1)", because="Signs count.")
'''

EXPLANATION = "# Times {factor}\n\n**Answer.** `x * {factor}`, once over.\n"

# name -> (expression, what is wrong); each gives a number of its own for 5.
MISTAKES = {
    "adds": ("x + {factor}", "Adds instead of multiplying."),
    "forgets": ("x", "Hands its argument back."),
    "miscounts": ("x * {factor} + 1", "Adds one more than there are."),
    "negates": ("-x * {factor}", "Turns the sign."),
    "nothing": ("None", "Computes and returns nothing."),
    "powers": ("x**3", "Raises to a power."),
    "subtracts": ("x - {factor}", "Subtracts."),
    "zero": ("x * 0", "Multiplies by zero."),
}

MISTAKE = '''\
"""{doc}

caught by: test_five
says: {says}
"""


def {name}(x):
    return {expression}
'''


class Kit:
    """A kit on disk, and the commands that a learner would type in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.katas = folder / "katas"
        self.solutions = folder / "solutions"
        self.journal = folder / ".kata" / "journal.jsonl"
        self._places: dict[str, Path] = {}
        folder.mkdir(parents=True, exist_ok=True)
        # Hypothesis is only there for the kit's own tests, and takes longer to load than a run.
        (folder / "pytest.ini").write_text(
            "[pytest]\naddopts = --import-mode=importlib -p no:hypothesispytest\n"
        )

    def add(self, name: str, factor: int, place: str, *, seconds: float = 5) -> None:
        """A kata called `name` at `place`, like "01_first/02_double", with all that belongs to it.

        It starts with the learner's file untouched.
        """
        track, numbered = place.split("/")
        self._places[name] = Path(place)
        values = {"name": name, "factor": factor, "five": 5 * factor}
        mistakes = {}
        for mistake, (expression, doc) in MISTAKES.items():
            expression = expression.format(**values)
            says = f"{name}(5) is {eval(expression, {'x': 5})}"
            mistakes[mistake] = MISTAKE.format(doc=doc, says=says, name=name, expression=expression)
        toy = Toy(
            name,
            track,
            int(numbered[:2]),
            facts={
                "title": f"Times {factor}",
                "concept": "multiplication",
                "limits": {"seconds": seconds, "memory": 512},
                "hints": [f"Think of {factor} piles.", "Multiply.", f"Return x * {factor}."],
            },
            starter=STARTER.format(**values),
            solution=RIGHT.format(**values),
            others={"sum": OTHER.format(**values)},
            mistakes=mistakes,
            tests=TESTS.format(**values),
            explanation=EXPLANATION.format(**values),
        )
        add_kata(self.folder, toy)

    def kata(self, name: str) -> Path:
        """The folder that the learner sees."""
        return self.katas / self._places[name]

    def file(self, name: str) -> Path:
        return self.kata(name) / f"{name}.py"

    def tests(self, name: str) -> Path:
        return self.kata(name) / f"test_{name}.py"

    def toml(self, name: str) -> Path:
        return self.kata(name) / "kata.toml"

    def solution(self, name: str) -> Path:
        return self.solutions / self._places[name] / f"{name}.py"

    def starter(self, name: str) -> Path:
        return self.solution(name).with_name("starter.py")

    def other(self, name: str) -> Path:
        return self.solution(name).with_name("other_sum.py")

    def mistakes(self, name: str) -> Path:
        return self.solution(name).with_name("mistakes")

    def shown(self, path: Path) -> str:
        """A path as the screens name it."""
        return str(path.relative_to(self.folder))

    def write(self, name: str, body: str) -> None:
        """Write the learner's function: the lines of `body`, which sees `x`."""
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        self.file(name).write_text(f"def {name}(x):\n{lines}")

    def solve(self, name: str) -> None:
        self.file(name).write_bytes(self.solution(name).read_bytes())

    def pytest(self, *words: str, **env: str) -> Result:
        return run(["-m", "pytest", *words], self.folder, env)

    def command(self, *words: str, **env: str) -> Result:
        """The `kata` command."""
        return run(["-m", "pytest_kata.cli", *words], self.folder, env)

    def events(self, *names: str) -> list[dict[str, Any]]:
        """The journal, one dict an event; of the events called `names` only, if given."""
        if not self.journal.exists():
            return []
        lines = [json.loads(line) for line in self.journal.read_text().splitlines() if line]
        return [line for line in lines if not names or line["event"] in names]


def three_katas(folder: Path) -> Kit:
    kit = Kit(folder)
    kit.add("double", 2, "01_first/01_double")
    kit.add("triple", 3, "01_first/02_triple")
    kit.add("quadruple", 4, "02_second/01_quadruple")
    return kit
