"""The code under test: loaded afresh, called through the ladder's first three rungs."""

from __future__ import annotations

import copy
import os
import pickle
import sys
import textwrap

import pytest
from kits import write

from pytest_kata.checks import Miss
from pytest_kata.subject import Subject, load
from pytest_kata.workspace import Source

NAME = "toy_under_test"


@pytest.fixture(autouse=True)
def modules_as_before():
    yield
    sys.modules.pop(NAME, None)


@pytest.fixture
def subject(tmp_path):
    """`subject(code, ...)`: a Subject of files with this code, laid over each other."""

    def make(*codes: str) -> Subject:
        files = [
            write(tmp_path / f"part_{number}.py", textwrap.dedent(code))
            for number, code in enumerate(codes)
        ]
        return Subject(Source("learner", tuple(files)), NAME)

    return make


def missed(call, *args, **kwargs) -> Miss:
    with pytest.raises(Miss) as caught:
        call(*args, **kwargs)
    return caught.value


# --------------------------------------------------------------------- loading


def test_functions_and_constants_are_reached_by_name(subject):
    kata = subject("LIMIT = 3\ndef double(number):\n    return number * 2\n")
    assert kata.double(4) == 8
    assert kata.LIMIT == 3


def test_nothing_is_executed_before_a_name_is_asked_for(subject):
    kata = subject("1 / 0\n")
    assert repr(kata) == f"<kata {NAME} (learner)>"
    with pytest.raises(ZeroDivisionError):
        _ = kata.double


def test_pythons_own_questions_execute_nothing(subject):
    kata = subject("1 / 0\n")
    assert not hasattr(kata, "__wrapped__")
    assert copy.copy(kata)._name == NAME
    with pytest.raises(AttributeError):
        _ = kata.__array__


def test_a_file_is_executed_once_for_each_subject(subject):
    code = "calls = []\ndef call():\n    calls.append(1)\n    return len(calls)\n"
    one, two = subject(code), subject(code)
    assert [one.call(), one.call(), two.call()] == [1, 2, 1]


def test_no_bytecode_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = write(tmp_path / "double.py", "x = 1\n")
    load(Source("learner", (file,)), NAME)
    assert [path.name for path in tmp_path.iterdir()] == ["double.py"]


def test_edits_of_the_same_size_in_the_same_second_are_both_seen(tmp_path):
    file = tmp_path / "double.py"
    seen = []
    for sign in "+-*":
        write(file, f"def double(number):\n    return number {sign} number\n")
        os.utime(file, (1_700_000_000, 1_700_000_000))
        seen.append(Subject(Source("learner", (file,)), NAME).double(3))
    assert seen == [6, 0, 9]


def test_a_mistake_is_laid_over_the_solution(subject):
    solution = "def half(n):\n    return n / 2\ndef quarter(n):\n    return half(half(n))\n"
    mistake = "def half(n):\n    return n / 3\n"
    assert subject(solution).quarter(36) == 9
    assert subject(solution, mistake).quarter(36) == 4


def test_a_future_import_of_one_file_is_not_the_next_ones(subject):
    kata = subject(
        "from __future__ import annotations\ndef f(x: nowhere):\n    return x\n",
        "def g(x: int):\n    return x\n",
    )
    assert kata.f.__annotations__ == {"x": "nowhere"}
    assert kata.g.__annotations__ == {"x": int}


def test_dataclasses_work_under_future_annotations(subject):
    kata = subject(
        """
        from __future__ import annotations
        from dataclasses import dataclass, field
        from typing import ClassVar, NamedTuple

        @dataclass
        class Config:
            width: int
            known: ClassVar[int] = 7
            names: list[str] = field(default_factory=list)

        class Pair(NamedTuple):
            one: int
        """
    )
    assert kata.Config(3) == kata.Config(width=3, names=[])
    assert kata.Pair(1).one == 1


def test_what_the_learner_makes_can_be_pickled(subject):
    kata = subject("class Box:\n    pass\n")
    assert type(pickle.loads(pickle.dumps(kata.Box()))) is kata.Box


def test_classes_are_handed_over_as_they_are(subject):
    kata = subject("class Box:\n    def __init__(self, size):\n        self.size = size\n")
    assert isinstance(kata.Box, type)
    assert kata.Box(3).size == 3
    assert isinstance(kata.Box(3), kata.Box)


def test_a_file_with_a_byte_order_mark_or_foreign_line_ends_is_python(tmp_path):
    file = tmp_path / "double.py"
    file.write_bytes(b"\xef\xbb\xbfdef double(n):\r\n    return n * 2\r\n")
    assert Subject(Source("learner", (file,)), NAME).double(2) == 4


# --------------------------------------------------------------------- imports


def test_a_missing_file_is_told_with_the_way_back(tmp_path):
    told = missed(load, Source("learner", (tmp_path / "double.py",)), NAME)
    assert (told.rung, told.sentence) == ("imports", "double.py is not there")
    assert "kata reset" in told.because
    assert "kata undo" in told.because


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    told = missed(load, Source("learner", (tmp_path,)), NAME)
    assert told.rung == "imports"
    assert told.sentence.startswith(f"{tmp_path.name} cannot be read (")


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "double.py").write_bytes(b"x = 1\n\0\0\0")
    told = missed(load, Source("learner", (tmp_path / "double.py",)), NAME)
    assert told.rung == "imports"
    assert told.sentence == "double.py holds a null byte, so it was not saved as text"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("def f(:\n", SyntaxError),
        ("import no_such_module_1\n", ImportError),
        ("[][0]\n", IndexError),
    ],
)
def test_what_the_file_raises_passes_through(subject, code, error):
    with pytest.raises(error):
        _ = subject(code).double


def test_a_file_that_failed_is_executed_again_when_asked_again(subject):
    kata = subject("1 / 0\n")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            _ = kata.double


# --------------------------------------------------------------------- defined


@pytest.mark.parametrize(
    "code", ["def triple(n):\n    return n\n", "", "def Double(n):\n    pass\n"]
)
def test_a_name_that_is_not_there_is_told(subject, code):
    told = missed(getattr, subject(code), "double")
    assert (told.rung, told.sentence) == ("defined", "there is no double in part_0.py")
    assert told.because == "The tests call it by this name: double."


def test_builtins_are_not_the_learners(subject):
    assert missed(getattr, subject("x = 1\n"), "print").rung == "defined"


def test_the_file_told_is_the_learners_not_the_mistake(subject):
    assert "part_0.py" in missed(getattr, subject("x = 1\n", "y = 2\n"), "double").sentence


# -------------------------------------------------------------------- callable


@pytest.mark.parametrize(
    ("define", "args", "kwargs", "words"),
    [
        ("()", (1,), {}, "double(int) does not fit its signature: too many positional arguments"),
        ("(a, b)", (1,), {}, "double(int) does not fit its signature: missing a required"),
        ("(a)", (), {"b": "x"}, "double(b=str) does not fit its signature: "),
        ("(a)", (1,), {"a": 2}, "double(int, a=int) does not fit its signature: multiple values"),
        ("(*, rate)", (0.5,), {}, "double(float) does not fit its signature: "),
        ("(*, rate)", (), {}, "double() does not fit its signature: missing a required"),
        ("(a, /)", (), {"a": None}, "double(a=NoneType) does not fit its signature: "),
    ],
)  # fmt: skip
def test_a_call_that_does_not_fit_is_told(subject, define, args, kwargs, words):
    kata = subject(f"def double{define}:\n    return 1\n")
    told = missed(kata.double, *args, **kwargs)
    assert told.rung == "callable"
    assert told.sentence.startswith(words)
    assert "def line" in told.because


@pytest.mark.parametrize(
    ("define", "args", "kwargs"),
    [
        ("(*, rate)", (), {"rate": 1}),
        ("(*, rate=1)", (), {}),
        ("(a, /, b=2, *rest, c, **more)", (1, 2, 3), {"c": 4, "a": 5}),
        ("(**settings)", (), {"anything": 1}),
        ("(a: nowhere = None)", (), {}),
    ],
)
def test_a_call_that_fits_is_made(subject, define, args, kwargs):
    kata = subject(f"from __future__ import annotations\ndef double{define}:\n    return 1\n")
    assert kata.double(*args, **kwargs) == 1


def test_a_type_error_from_inside_is_the_learners_own(subject):
    kata = subject("def double(n):\n    return n + 'x'\n")
    with pytest.raises(TypeError, match="unsupported operand"):
        kata.double(1)


def test_a_decorated_function_is_judged_by_what_it_decorates(subject):
    kata = subject(
        """
        import functools
        def loud(f):
            @functools.wraps(f)
            def call(*args, **kwargs):
                return f(*args, **kwargs) + 1
            return call
        @loud
        def double(n):
            return n * 2
        """
    )
    assert kata.double(2) == 5
    assert kata._place()[1] == 8
    assert missed(kata.double, 1, 2).rung == "callable"


@pytest.mark.parametrize("wrapped", ["int", "double", "None", "3", "Odd"])
def test_a_function_may_say_that_it_wraps_anything(subject, wrapped):
    odd = "class Odd:\n    __code__ = 3\n    def __init__(self, n):\n        pass\n"
    kata = subject(f"def double(n):\n    return n * 2\n{odd}double.__wrapped__ = {wrapped}\n")
    assert kata.double(2) == 4
    assert kata._place()[1] == 1


def test_generators_are_functions_too(subject):
    kata = subject("def count(n):\n    yield from range(n)\n")
    assert list(kata.count(3)) == [0, 1, 2]
    assert missed(kata.count).rung == "callable"


# ----------------------------------------------------------------------- place


def test_the_place_is_the_function_called_last(subject, tmp_path):
    kata = subject("def one():\n    pass\n\n\ndef two():\n    pass\n")
    assert kata._place() is None
    kata.two()
    assert kata._place() == (str(tmp_path / "part_0.py"), 5, "two")
    kata.one()
    assert kata._place() == (str(tmp_path / "part_0.py"), 1, "one")


def test_the_place_of_a_call_that_does_not_fit_is_its_def(subject):
    kata = subject("\ndef one():\n    pass\n")
    missed(kata.one, 1)
    assert kata._place()[1] == 2


def test_the_place_in_a_mistake_is_in_its_own_file(subject, tmp_path):
    kata = subject("def one():\n    pass\n", "def one():\n    pass\n")
    kata.one()
    assert kata._place() == (str(tmp_path / "part_1.py"), 1, "one")
