"""Mutants: what is one, and what is told of those that a kata's tests let through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kits import Toy, make_kit
from toys import run

from pytest_kata.author import mutants as tool
from pytest_kata.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]

WEAK = '''"""One test, and two is the one number that it should not have taken."""


def test_two_doubled(kata):
    """Two becomes four."""
    assert kata.double(2) == 4
'''
EXPLAINED = """
[[equivalent]]
source = "solution"
before = "return number * 2"
after = "return number + 2"
why = "The only number is two."

[[equivalent]]
source = "other:added"
before = "return number + number"
after = "return number * number"
why = "The same."
"""
COUNTED = '''"""Counts down while it counts up."""


def double(number):
    """Hand back twice `number`."""
    twice = 0
    while number > 0:
        number -= 1
        twice += 2
    return twice
'''


def mutants(text, given=""):
    pytest.importorskip("cosmic_ray")
    from pytest_kata.author import mutation

    return mutation.mutants(text, given)


def judged(folder, *words):
    """The command, typed in `folder`."""
    pytest.importorskip("cosmic_ray")
    return run(["-m", "pytest_kata.author.mutants", *words], folder)


# ------------------------------------------------------------------ what is one

CHANGES = {
    "a sum": ("def f(a):\n    return a + 1\n", "return a - 1"),
    "a number": ("def f(a):\n    return a + 1\n", "return a + 2"),
    "an order": ("def f(a):\n    return a < 1\n", "return a <= 1"),
    "a condition": ("def f(a):\n    if a:\n        return 1\n", "if not a:"),
    "an exception": (
        "try:\n    a = 1\nexcept OSError:\n    a = 2\n",
        "except CosmicRayTestingException:",
    ),
    "a statement": ("def f(a):\n    a.sort()\n    return a\n", "pass"),
    "a statement of two lines": ("def f(a):\n    a.sort(\n    )\n    return a\n", "pass"),
    "the only argument": ("def f(a):\n    return a.sum(dim=1)\n", "return a.sum()"),
    "an argument among others": ("def f(a):\n    return g(a, k=1, n=2)\n", "return g(a, n=2)"),
    "the last argument": ("def f(a):\n    return g(a, k=1, n=2)\n", "return g(a, k=1,)"),
    "a method": ("def f(a):\n    return a.b().c(1)\n", "return a.b()"),
    "a function": ("def f(a):\n    return sorted(a)\n", "return (a)"),
    "an index": ("def f(a):\n    return a[:-1]\n", "return a"),
    "a name": ("def f(a, b):\n    return a.b\n", "return b.b"),
    "the name of a value": ("def f(a, b):\n    return g(a=a)\n", "return g(a=b)"),
    "a membership": ("def f(a, b):\n    return a in b\n", "return a not in b"),
    "no membership": ("def f(a, b):\n    return a not in b\n", "return a in b"),
    "a filter": (
        "def f(a):\n    return [b for b in a if b > 1]\n",
        "return [b for b in a if not (b > 1)]",
    ),
    "a text": ("def f():\n    return 'a'\n", 'return ""'),
    "no text": ("def f():\n    return ''\n", 'return "text"'),
    "nothing": ("def f():\n    return None\n", "return 0"),
}


@pytest.mark.parametrize("what", list(CHANGES))
def test_one_token_or_one_line_is_changed(what):
    text, after = CHANGES[what]
    made = mutants(text)
    assert after in [mutant.after for mutant in made]
    for mutant in made:
        assert text.splitlines()[mutant.line - 1].strip() == mutant.before != mutant.after
        assert mutant.text != text


@pytest.mark.parametrize(
    "text",
    [
        "def f(a: int | None, *, b: int) -> 'list[int]':\n    '''Of 1.'''\n",
        "class A:\n    def f(self, a: 'int | None') -> int: ...\n",
        "import math\nfrom math import pi as number\n",
        "if __name__ == '__main__':\n    print(1 + 2)\n",
    ],
)
def test_what_no_test_can_see_is_left_as_it_is(text):
    assert mutants(text) == []


def test_what_the_starter_gives_is_left_as_it_is():
    given = "def g(a):\n    return a + 1\n"
    text = f"{given}\n\ndef f(a):\n    return g(a)\n"
    assert {mutant.line for mutant in mutants(text)} == {2, 6}
    assert {mutant.line for mutant in mutants(text, given)} == {6}


# ------------------------------------------------------------------ what is told


def test_tests_with_teeth_reject_every_mutant(tmp_path):
    make_kit(tmp_path)
    result = judged(tmp_path, "double")
    assert result.status == 0, result.out
    assert "| double | 2 | 8 | 8 | 0 | 0 | 100.0 % |" in result.out


def test_what_weak_tests_let_through_is_told_with_its_place(tmp_path):
    workspace = make_kit(tmp_path, Toy(tests=WEAK))
    result = judged(tmp_path)
    assert result.status == 1
    folder = "solutions/01_first/01_double"
    for file, before, after in (
        ("double", "return number * 2", "return number + 2"),
        ("other_added", "return number + number", "return number * number"),
    ):
        said = f"{folder}/{file}.py:6: passes every test"
        assert re.search(
            rf"{re.escape(said)} \(\w+\)\n +{re.escape(before)}\n +-> {re.escape(after)}\n",
            result.out,
        )
    assert "| double | 2 | 8 | 6 | 0 | 2 | 75.0 % |" in result.out
    assert not workspace.home.exists(), "nothing of it is a run of the learner"


def test_what_is_explained_counts_as_equivalent_and_an_idle_explanation_is_told(tmp_path):
    workspace = make_kit(tmp_path, Toy(tests=WEAK))
    (kata,) = workspace.catalog()
    file = workspace.solution_folder(kata) / "mutants.toml"
    file.write_text(EXPLAINED)
    result = judged(tmp_path)
    assert result.status == 0, result.out
    assert "| double | 2 | 8 | 6 | 2 | 0 | 100.0 % |" in result.out

    file.write_text(EXPLAINED.replace('after = "return number + 2"', 'after = "return number / 2"'))
    result = judged(tmp_path)
    assert result.status == 1
    assert "double.py:6: passes every test" in result.out
    assert "take it out of mutants.toml" in result.out
    assert result.out.count("-> return number / 2") == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('why = "The same."', "", "each [[equivalent]] says source, before, after, why"),
        ("other:added", "other:none", "there is no source 'other:none'"),
        ("[[equivalent]]", "[[equivalent]", "is not valid TOML"),
    ],
)
def test_an_explanation_that_is_wrong_is_told_in_a_sentence(tmp_path, old, new, said):
    workspace = make_kit(tmp_path, Toy(tests=WEAK))
    (kata,) = workspace.catalog()
    (workspace.solution_folder(kata) / "mutants.toml").write_text(EXPLAINED.replace(old, new))
    result = judged(tmp_path)
    assert result.status == 1
    assert "mutants.toml:" in result.err
    assert said in result.err


def test_mutant_that_never_ends_is_rejected_by_the_limit(tmp_path):
    facts = {"limits": {"seconds": 1, "memory": 256}}
    make_kit(tmp_path, Toy(solution=COUNTED, others={}, facts=facts))
    found = mutants(COUNTED)
    assert "pass" in [mutant.after for mutant in found if mutant.before == "number -= 1"]
    result = judged(tmp_path)
    assert result.status == 0, result.out
    assert f"{len(found)} mutants, {len(found)} rejected" in result.out


def test_solution_that_does_not_pass_by_itself_is_told(tmp_path):
    make_kit(tmp_path, Toy(solution=COUNTED.replace("+= 2", "+= 3")))
    result = judged(tmp_path)
    assert result.status == 1
    assert "double.py:1: does not pass its tests as it is" in result.err
    assert "kata check double" in result.err


# ------------------------------------------------------------------ the table


def test_table_is_written_between_the_marks_and_keeps_the_rows_of_other_katas(tmp_path):
    make_kit(tmp_path, Toy(), Toy("halve"), Toy("later"))
    file = tmp_path / "table.md"
    file.write_text(f"before\n\n{tool.BEGIN}\n{tool.END}\n\nafter\n")
    assert judged(tmp_path, "later", "--into", "table.md").status == 0
    assert judged(tmp_path, "double", "--into", "table.md").status == 0
    text = file.read_text()
    assert text.startswith(f"before\n\n{tool.BEGIN}\n\n{tool.HEAD}\n")
    assert text.endswith(f"\n\n{tool.END}\n\nafter\n")
    names = re.findall(r"^\| (\w+) \|.* 100\.0 % \|$", text, re.MULTILINE)
    assert names == ["double", "later", tool.TOTAL]
    assert f"| {tool.TOTAL} | 4 | 16 | 16 | 0 | 0 | 100.0 % |" in text

    file.write_text("no marks\n")
    result = judged(tmp_path, "double", "--into", "table.md")
    assert result.status == 1
    assert "table.md:1: has no place for the table" in result.err


def test_kits_table_has_a_row_for_every_kata():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    between = text.partition(tool.BEGIN)[2].partition(tool.END)[0]
    listed = [line.split("|")[1].strip() for line in between.splitlines() if "%" in line]
    katas = [kata.id for kata in Workspace.at(ROOT / "katas").catalog()]
    assert listed == [*katas, tool.TOTAL], "python -m pytest_kata.author.mutants --into ..."


def test_kits_explanations_are_of_lines_that_are_there():
    workspace = Workspace.at(ROOT / "katas")
    for kata in workspace.catalog():
        for one in tool.explained(workspace, kata):
            lines = workspace.source(kata, one.source).file.read_text("utf-8").splitlines()
            assert one.before in [line.strip() for line in lines], f"{kata.id}: {one.before}"


def test_without_cosmic_ray_there_is_a_sentence(tmp_path):
    make_kit(tmp_path)
    hidden = "import sys; sys.modules['cosmic_ray'] = None; "
    hidden += "from pytest_kata.author.mutants import main; sys.exit(main([]))"
    result = run(["-c", hidden], tmp_path)
    assert result.status == 1
    assert "pip install 'pytest-kata[mutants]'" in result.err
