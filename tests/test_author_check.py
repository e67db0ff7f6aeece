"""`kata check` finds each kind of defect in a kit, says where it is and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest


def squeezed(out: str) -> str:
    """Without blanks, so that folded paths and sentences can be found."""
    return "".join(out.split())


def replace(file, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_a_good_kit_is_in_order(kit):
    result = kit.command("check")
    assert result.status == 0
    assert result.out == "3 katas, 33 sources, 42 test runs: all in order\n"
    assert not kit.journal.exists(), "an author's check is nobody's attempt"


def test_what_the_learner_wrote_does_not_matter(kit):
    kit.write("double", "import os\nos._exit(0)")
    assert kit.command("check").status == 0


# Each defect spoils the kata "double" of a good kit. `said` is what the one finding says and
# where; {katas} and {solutions} stand for the two folders of double.

DEFECTS: dict[str, tuple[Callable, str]] = {}


def defect(said: str):
    def keep(spoil: Callable) -> Callable:
        DEFECTS[spoil.__name__] = (spoil, said)
        return spoil

    return keep


@defect("{katas}/test_double.py:10: the starter passes test_minus_one; make that test ask for more")
def the_starter_passes_one_of_two_tests(kit):
    kit.starter("double").write_text("def double(x):\n    return -2\n")


@defect("{solutions}/double.py:1: test_five refuses solution, which must pass: double(5) is 11")
def the_solution_is_refused(kit):
    replace(kit.solution("double"), "x * 2", "x * 2 if x < 0 else 11")


@defect("{solutions}/other_sum.py:1: test_minus_one refuses other:sum, which must pass:")
def another_right_answer_is_refused(kit):
    kit.other("double").write_text("def double(x):\n    return abs(x) * 2\n")


@defect("{solutions}/mistakes/adds.py:1: test_five lets it pass")
def a_mistake_passes(kit):
    replace(kit.mistakes("double") / "adds.py", "x + 2", "x + x")


@defect("{solutions}/mistakes/adds.py:1: test_five lets it pass")
def a_mistake_is_caught_by_another_test_than_promised(kit):
    replace(kit.mistakes("double") / "adds.py", "x + 2", "abs(x) * 2")


@defect(
    "{solutions}/mistakes/adds.py:1: test_five does not say 'double(5) is 7'; it says: "
    "double(5) is 8, off by 2."
)
def a_mistake_is_caught_with_other_words_than_promised(kit):
    replace(kit.mistakes("double") / "adds.py", "x + 2", "x + 3")


@defect("{solutions}/mistakes/adds.py:1: names test_six, which is no test of this kata")
def a_mistake_names_a_test_that_is_not_there(kit):
    replace(kit.mistakes("double") / "adds.py", "test_five", "test_six")


@defect("{solutions}/mistakes/adds.py:1: its docstring needs a line 'caught by: ...'")
def a_mistake_does_not_say_what_catches_it(kit):
    replace(kit.mistakes("double") / "adds.py", "caught by: test_five\n", "")


@defect("{solutions}/mistakes/adds.py:1: its docstring needs a line 'says: ...'")
def a_mistake_does_not_say_its_words(kit):
    replace(kit.mistakes("double") / "adds.py", "says: double(5) is 7\n", "")


@defect("{solutions}/mistakes/adds.py:1: its docstring must say first what is wrong")
def a_mistake_does_not_say_what_is_wrong(kit):
    replace(kit.mistakes("double") / "adds.py", "Adds instead of multiplying.\n\n", "")


@defect("{solutions}:1: there are 7 mistakes; write at least 8")
def there_are_too_few_mistakes(kit):
    (kit.mistakes("double") / "adds.py").unlink()


@defect("{solutions}:1: there is no other right solution; write other_<style>.py")
def there_is_no_other_solution(kit):
    kit.other("double").unlink()


@defect("{solutions}/explanation.md:1: the explanation is missing; write it")
def the_explanation_is_missing(kit):
    kit.solution("double").with_name("explanation.md").unlink()


@defect("{solutions}/explanation.md:1: the explanation is empty; write it")
def the_explanation_is_empty(kit):
    kit.solution("double").with_name("explanation.md").write_text(" \n")


@defect("{solutions}/starter.py:1: the pristine copy of the starter is missing; write it")
def the_starter_is_missing(kit):
    kit.starter("double").unlink()


@defect("{katas}/kata.toml:8: write 3 hints, none of them empty")
def there_are_two_hints(kit):
    replace(kit.toml("double"), '"Multiply.", ', "")


@defect("{katas}/kata.toml:8: write 3 hints, none of them empty")
def a_hint_is_empty(kit):
    replace(kit.toml("double"), '"Multiply."', '"  "')


@defect("{katas}/kata.toml:9: requires 'no-such-kata', which is no kata")
def it_requires_a_kata_that_is_not_there(kit):
    kit.toml("double").write_text(kit.toml("double").read_text() + 'requires = ["no-such-kata"]\n')


@defect("{katas}/test_double.py:10: test_minus_one needs a docstring: learners read it")
def a_test_has_no_docstring(kit):
    replace(kit.tests("double"), '    """A negative number, multiplied."""\n', "")


@defect("{katas}/test_double.py:15: write tests as plain functions, not in classes")
def a_test_is_in_a_class(kit):
    with kit.tests("double").open("a") as file:
        file.write("\n\nclass TestMore:\n    pass\n")


@defect("{katas}/test_double.py:10: a kata's tests always run; take the skip out")
def a_test_is_skipped(kit):
    replace(kit.tests("double"), "from pytest_kata", "import pytest\n\nfrom pytest_kata")
    replace(
        kit.tests("double"),
        "def test_minus",
        "@pytest.mark.skipif(False, reason='')\ndef test_minus",
    )
    replace(kit.tests("double"), "\n\n\n@pytest", "\n@pytest")


@pytest.mark.parametrize("name", list(DEFECTS))
def test_a_defect_is_found_with_its_place_and_what_to_do(kit, name):
    spoil, said = DEFECTS[name]
    spoil(kit)
    result = kit.command("check", "double")
    katas = kit.shown(kit.kata("double"))
    solutions = kit.shown(kit.solution("double").parent)
    said = said.format(katas=katas, solutions=solutions)
    assert squeezed(said) in squeezed(result.out.replace(f"{kit.folder}/", ""))
    assert "1 thing to mend" in result.out
    assert result.status == 1


def test_a_starter_that_passes_every_test_is_told_for_each(kit):
    kit.starter("double").write_bytes(kit.solution("double").read_bytes())
    result = kit.command("check", "double")
    assert result.status == 1
    assert re.findall(r"the starter passes (\w+)", result.out) == ["test_five", "test_minus_one"]


def test_two_katas_with_one_id_are_told(kit):
    replace(kit.toml("triple"), '"triple"', '"double"')
    result = kit.command("check")
    assert result.status == 1
    assert squeezed(f"{kit.toml('triple')}:1: the id 'double' is taken by") in squeezed(result.out)


def test_a_kata_called_like_a_module_is_told(bare):
    bare.add("json", 5, "01_first/01_json")
    result = bare.command("check")
    assert result.status == 1
    assert squeezed("json.py:1: json is also an importable module; give the folder") in squeezed(
        result.out
    )


def test_tests_that_cannot_be_collected_are_told(kit):
    with kit.tests("double").open("a") as file:
        file.write("\n\nimport no_such_module\n")
    result = kit.command("check", "double")
    assert result.status == 1
    assert squeezed("No module named 'no_such_module'") in squeezed(result.out)
    assert "test_double.py" in result.out


def test_torch_used_while_a_test_is_collected_is_told_and_torch_imported_is_not(kit):
    for name in ("double", "triple"):
        replace(kit.tests(name), "from pytest_kata", "import torch\n\nfrom pytest_kata")
    replace(kit.tests("triple"), "\n\n\ndef test_five", "\nONE = torch.ones(1)\n\n\ndef test_five")
    result = kit.command("check", "double", "triple")
    assert result.status == 1
    said = "test_triple.py:1: uses torch while it is collected; move that into a function"
    assert squeezed(said) in squeezed(result.out)
    assert "1 thing to mend" in result.out
