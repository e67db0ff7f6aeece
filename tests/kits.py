"""Tiny kits for tests: katas and solutions of a toy or two, without torch.

    make_kit(tmp_path)                                     one kata, "double", untouched
    make_kit(tmp_path, Toy("double"), Toy("halve"))        two of them
    make_kit(tmp_path, Toy("double", learner=SOLUTION))    the learner has solved it

The toy asks for `double(number)`; a Toy of another name asks for a function of that name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_kata.workspace import Workspace

STARTER = '''"""Twice a number."""


def double(number):
    """Hand back twice `number`."""
    # TODO: write it
    raise NotImplementedError
'''
SOLUTION = STARTER.replace("# TODO: write it\n    raise NotImplementedError", "return number * 2")
OTHER = SOLUTION.replace("number * 2", "number + number")
SQUARES = '''"""Squares the number instead of doubling it.

caught by: test_three_doubled
says: looks like the square
"""


def double(number):
    return number**2
'''
SAME = '''"""Hands the number back as it came.

caught by: test_one_doubled
says: off by
"""


def double(number):
    return number
'''
TESTS = '''"""The spec of the toy."""

from pytest_kata import checks


def test_one_doubled(kata):
    """One becomes two."""
    checks.close(kata.double(1), 2.0, "double(1)", atol=1e-6)


def test_three_doubled(kata):
    """Three becomes six."""
    looks_like = {"the square": 9.0}
    checks.close(kata.double(3), 6.0, "double(3)", atol=1e-6, looks_like=looks_like)
'''
EXPLANATION = "# Twice a number\n\nAdd it to itself.\n"

FACTS: dict[str, Any] = {
    "id": "double",
    "title": "Twice a number",
    "concept": "doubling",
    "kind": ["implement"],
    "level": "easy",
    "attempts": 2,
    "limits": {"seconds": 2, "memory": 256},
    "hints": ["Twice.", "Add it to itself.", "return number + number"],
}


def toml(facts: dict[str, Any]) -> str:
    """`facts` as the text of a kata.toml, one line a key; a value of None leaves the key out."""
    return "".join(f"{k} = {_value(v)}\n" for k, v in facts.items() if v is not None)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)


@dataclass
class Toy:
    """One kata. Texts speak of `double` and are rewritten for another name.

    `facts` change or, by None, drop keys of the kata.toml; `learner` is what stands in the
    learner's file instead of the starter. `number` None means the place in the list.
    """

    name: str = "double"
    track: str = "01_first"
    number: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    learner: str | None = None
    starter: str = STARTER
    solution: str = SOLUTION
    others: dict[str, str] = field(default_factory=lambda: {"added": OTHER})
    mistakes: dict[str, str] = field(default_factory=lambda: {"squares": SQUARES, "same": SAME})
    tests: str = TESTS
    explanation: str = EXPLANATION


def make_kit(root: Path, *toys: Toy) -> Workspace:
    """Write `root/katas` and `root/solutions` with these toys; one "double" if none are given.

    The workspace handed back has its home in `root/.kata`, whatever the environment says.
    """
    for place, toy in enumerate(toys or (Toy(),), start=1):
        add_kata(root, toy, place)
    return Workspace((root / "katas").resolve(), (root / "solutions").resolve(), root / ".kata")


def add_kata(root: Path, toy: Toy, place: int = 1) -> None:
    number = place if toy.number is None else toy.number
    inside = Path(toy.track) / f"{number:02}_{toy.name}"
    folder, answers = root / "katas" / inside, root / "solutions" / inside
    facts = {**FACTS, "id": toy.name.replace("_", "-"), **toy.facts}
    learner = toy.starter if toy.learner is None else toy.learner
    files = {
        folder / "kata.toml": toml(facts),
        folder / f"test_{toy.name}.py": toy.tests,
        folder / f"{toy.name}.py": learner,
        answers / "starter.py": toy.starter,
        answers / f"{toy.name}.py": toy.solution,
        answers / "explanation.md": toy.explanation,
    }
    files |= {answers / f"other_{name}.py": text for name, text in toy.others.items()}
    files |= {answers / "mistakes" / f"{name}.py": text for name, text in toy.mistakes.items()}
    for file, text in files.items():
        if file.name != "kata.toml":
            text = text.replace("double", toy.name)
        write(file, text)


def write(file: Path, text: str) -> Path:
    """Write `text` as UTF-8, byte for byte, with the folders on the way."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode("utf-8"))
    return file
