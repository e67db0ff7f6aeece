"""From an exception to words: what, where, and three lines of code."""

from __future__ import annotations

import json
import linecache

import pytest

from pytest_kata.checks import Miss
from pytest_kata.feedback import Feedback, around, explain

PATH = "/kit/katas/01_first/01_double/double.py"
CODE = '''"""Twice a number."""


def double(number):
    doubled = number * 2
    return doubled
'''


def run(code: str, use=lambda module: module["double"](1), path: str = PATH) -> BaseException:
    """The error that comes of executing `code` as the learner's file and then using it."""
    module: dict = {}
    try:
        exec(compile(code, path, "exec"), module)
        use(module)
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def told(code: str, use=lambda module: module["double"](1), called=None, own=(PATH,)) -> Feedback:
    """What a learner reads whose file is `code`."""
    feedback = explain(run(code, use), own, called, lambda path: code.splitlines())
    for words in feedback.words:
        assert words.endswith((".", "!", "?"))
        assert "\n" not in words
    return feedback


def body(statement: str) -> str:
    """A file whose `double` runs `statement`, in line 5."""
    return CODE.replace("doubled = number * 2", statement)


# ------------------------------------------------------------ kinds of errors


def test_an_error_in_the_learners_function_is_told_with_its_name_and_place():
    feedback = told(body("doubled = number / 0"))
    assert feedback.rung == "raised"
    assert feedback.words == ["double() raises ZeroDivisionError: division by zero."]
    assert (feedback.path, feedback.line) == (PATH, 5)
    assert feedback.code == (
        (4, "def double(number):"),
        (5, "    doubled = number / 0"),
        (6, "    return doubled"),
    )


def test_the_learners_innermost_frame_is_told_not_the_librarys():
    feedback = told(body("doubled = __import__('json').loads('{')"))
    assert feedback.line == 5
    assert feedback.sentence.startswith("double() raises JSONDecodeError: ")


def test_the_place_is_the_innermost_of_the_learners_functions():
    feedback = told("def half(n):\n    return n / 0\n\n\n" + body("doubled = half(number)"))
    assert (feedback.line, feedback.sentence[:13]) == (2, "half() raises")


def test_an_error_inside_of_a_comprehension_is_told_by_the_function_around_it():
    feedback = told(body("doubled = [1 / n for n in (0,)] + list(1 / n for n in (0,))"))
    assert feedback.sentence == "double() raises ZeroDivisionError: division by zero"
    feedback = told("double = lambda number: 1 / 0\n")
    assert feedback.sentence == "your code raises ZeroDivisionError: division by zero"
    assert feedback.rung == "raised"


def test_an_error_without_a_message_is_told_by_its_kind():
    assert told(body("raise KeyError")).sentence == "double() raises KeyError"


def test_an_error_that_cannot_say_what_it_is_is_told_by_its_kind():
    mute = "class Mute(Exception):\n    def __str__(self):\n        return 1 / 0\n\n" + body(
        "raise Mute"
    )
    assert told(mute).sentence == "double() raises Mute"


def test_a_long_message_becomes_one_line_cut_short():
    sentence = told(body("raise ValueError('a\\nb  c' + 'd' * 1000)")).sentence
    assert sentence.startswith("double() raises ValueError: a b cddd")
    assert sentence.endswith("...")
    assert len(sentence) < 200


@pytest.mark.parametrize("error", ["SystemExit(0)", "KeyboardInterrupt", "GeneratorExit"])
def test_what_would_end_a_process_is_an_error_like_others(error):
    assert told(body(f"raise {error}")).sentence.startswith(f"double() raises {error[:10]}")


def test_endless_recursion_is_told_at_the_learners_line():
    feedback = told(body("doubled = double(number)"))
    assert feedback.sentence.startswith("double() raises RecursionError")
    assert feedback.line == 5


def test_a_miss_keeps_its_own_words():
    miss = Miss("shape", "x has shape (1,)", looks_like="a sum", because="Look")

    def use(module):
        module["double"](1)
        raise miss

    feedback = told(CODE, use, called=(PATH, 4, "double"))
    assert (feedback.rung, feedback.path, feedback.line) == ("shape", PATH, 4)
    assert feedback.words == ["X has shape (1,).", "This looks like a sum.", "Look."]
    assert [number for number, _ in feedback.code] == [4, 5, 6]
    assert feedback.where == "The test called double(), which begins here:"
    assert f"\n{feedback.where}\n{PATH}:4\n>    4 | def double" in feedback.plain


def test_what_is_not_written_yet_is_told_as_such():
    feedback = told(body("raise NotImplementedError"))
    assert (feedback.rung, feedback.line) == ("returned", 5)
    assert feedback.words == ["double() is not written yet."]
    assert (
        told(body("raise NotImplementedError('later')")).sentence == "double() is not written yet"
    )
    assert told("raise NotImplementedError\n").sentence == "your code is not written yet"


def test_what_a_library_cannot_do_is_no_open_task():
    def use(module):
        module["double"](refuses)

    def refuses():
        raise NotImplementedError("not for this dtype")

    feedback = told(body("doubled = number()"), use)
    assert (feedback.rung, feedback.line) == ("raised", 5)
    assert feedback.sentence == "double() raises NotImplementedError: not for this dtype"


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        (CODE.replace("(number):", "(number:"), 4, "double.py is not valid Python at line 4: "),
        ("def double(number):\nreturn 1\n", 2, "double.py is not valid Python at line 2: expected"),
        ("x = 1\n\treturn\n", 2, "double.py is not valid Python at line 2: unexpected indent"),
        ("# coding: nonsense\n", 1, "double.py is not valid Python at line 1: "),
    ],
)
def test_what_is_not_python_is_told_with_its_line(code, line, words):
    path_and_code = code.encode()
    error = run(path_and_code)
    feedback = explain(error, [PATH], None, lambda path: code.splitlines())
    assert (feedback.rung, feedback.path, feedback.line) == ("imports", PATH, line)
    assert feedback.sentence.startswith(words)
    assert dict(feedback.code)[line] == code.splitlines()[line - 1]


def test_what_is_not_python_in_a_mistake_is_told_of_that_file():
    other = "/kit/mistakes/same.py"
    error = run("x =", path=other)
    feedback = explain(error, [PATH, other], None, lambda path: ["x ="] if path == other else [])
    assert (feedback.path, feedback.code) == (other, ((1, "x ="),))
    assert feedback.sentence.startswith("same.py is not valid Python at line 1")


def test_what_python_cannot_place_is_told_of_the_learners_file():
    feedback = told(CODE, lambda module: unplaced())
    assert (feedback.rung, feedback.path, feedback.line) == ("imports", PATH, 1)


def unplaced():
    raise SyntaxError("unknown encoding: nonsense")


def test_python_that_the_learner_evaluates_is_not_the_learners_file():
    feedback = told(body("doubled = eval('1 +')"))
    assert (feedback.rung, feedback.line) == ("raised", 5)
    assert feedback.sentence.startswith("double() raises SyntaxError: ")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("import no_such_module_1\n", "ModuleNotFoundError: No module named 'no_such_module_1'"),
        ("x = 1 / 0\n", "ZeroDivisionError: division by zero"),
        ("from json import nothing_such\n", "ImportError: cannot import name 'nothing_such'"),
    ],
)
def test_an_error_at_import_is_told_as_such(code, sentence):
    feedback = told("\n" + code)
    assert (feedback.rung, feedback.line) == ("imports", 2)
    assert feedback.sentence.startswith(f"double.py fails while it is imported: {sentence}")


def test_an_error_in_the_test_is_told_as_what_the_test_could_not_use():
    feedback = told(body("doubled = 'x'"), lambda m: m["double"](1) / 2, called=(PATH, 4, "double"))
    assert (feedback.rung, feedback.path, feedback.line) == ("type", PATH, 4)
    assert feedback.sentence.startswith(
        "the test cannot use what your code handed back: TypeError: unsupported operand"
    )
    assert feedback.because.startswith("It was used at test_feedback.py:")


def test_a_plain_assert_is_told_in_its_own_words():
    def use(module):
        raise AssertionError("double(1) is\nnot even")

    feedback = told(CODE, use, called=(PATH, 4, "double"))
    assert (feedback.rung, feedback.line) == ("value", 4)
    assert feedback.words == ["double(1) is not even."]


def test_a_bare_assert_is_told_all_the_same():
    def use(module):
        raise AssertionError

    assert told(CODE, use).sentence == "the test's assertion does not hold"


def test_an_assert_of_the_learners_is_an_error_of_the_learners():
    assert told(body("assert number == 3, 'not three'")).sentence == (
        "double() raises AssertionError: not three"
    )


@pytest.mark.parametrize("name", ["skip", "fail", "exit", "xfail"])
def test_an_outcome_that_the_learner_calls_decides_nothing(name):
    feedback = told(body(f"import pytest; pytest.{name}('done')"))
    assert (feedback.rung, feedback.line) == ("raised", 5)
    assert feedback.sentence == f"your code called pytest.{name}, which decides nothing here"


def test_pytest_fail_in_a_test_is_told_like_an_assert():
    feedback = told(
        CODE, lambda module: pytest.fail("double(1) is odd"), called=(PATH, 4, "double")
    )
    assert (feedback.rung, feedback.line) == ("value", 4)
    assert feedback.words[0] == "double(1) is odd."


@pytest.mark.parametrize("name", ["Failed", "Skipped", "Exit"])
def test_an_error_of_the_learners_that_is_called_like_an_outcome_is_none(name):
    code = f"class {name}(Exception):\n    pass\n\n\n{body(f'raise {name}(1)')}"
    module_name = "__name__ = 'double'\n"
    assert told(module_name + code).sentence == f"double() raises {name}: 1"


def timeout(module=None):
    pytest.fail("Timeout: limit 2 s; your code ran 2.1 s")


def test_the_time_limit_is_told_as_too_slow_not_as_wrong():
    feedback = told(body("number()"), lambda module: module["double"](timeout))
    assert (feedback.rung, feedback.line) == ("limit", 5)
    assert feedback.words[0] == (
        "Your code was still running at its time limit, in double() "
        "(limit 2 s; your code ran 2.1 s)."
    )
    assert "not wrong" in feedback.words[1]


def test_the_time_limit_outside_of_the_learners_code_is_told_too():
    feedback = told(CODE, timeout, called=(PATH, 4, "double"))
    assert (feedback.rung, feedback.line) == ("limit", 4)
    assert feedback.sentence == (
        "your code was still running at its time limit (limit 2 s; your code ran 2.1 s)"
    )


def test_the_time_limit_of_another_plugin_is_told_without_its_words():
    feedback = told(CODE, lambda module: pytest.fail("Timeout (>2.0s) from pytest-timeout."))
    assert feedback.sentence == "your code was still running at its time limit"


def test_the_time_limit_at_import_is_told_as_such():
    feedback = told("import pytest\n\npytest.fail('Timeout: limit 2 s')\n")
    assert (feedback.rung, feedback.line) == ("limit", 3)
    assert feedback.sentence == (
        "your code was still running at its time limit, while it was imported (limit 2 s)"
    )


# --------------------------------------------------------------------- places


def test_without_a_frame_or_a_call_the_place_is_the_file():
    feedback = told(CODE, lambda module: 1 / 0)
    assert (feedback.path, feedback.line, feedback.code) == (PATH, 0, ())


def test_without_a_file_there_is_no_place():
    feedback = explain(ValueError("x"), [], None, lambda path: [])
    assert (feedback.path, feedback.line, feedback.code) == ("", 0, ())
    assert feedback.because == ""


@pytest.mark.parametrize(
    ("line", "shown"),
    [(1, [1, 2, 3]), (2, [1, 2, 3]), (5, [4, 5, 6]), (6, [4, 5, 6]), (7, []), (0, [])],
)
def test_three_lines_of_code_stand_around_the_place(line, shown):
    code = around(line, CODE.splitlines())
    assert [number for number, _ in code] == shown
    assert all(CODE.splitlines()[number - 1] == text for number, text in code)


@pytest.mark.parametrize(
    ("line", "shown"), [(1, [1, 2, 3]), (4, [4, 5, 6]), (5, [4, 5, 6]), (7, []), (0, [])]
)
def test_of_a_function_that_begins_there_nothing_is_before_it(line, shown):
    feedback = told(CODE, lambda module: 1 / 0, called=(PATH, line, "double"))
    assert [number for number, _ in feedback.code] == shown


def test_where_something_was_raised_no_function_begins():
    feedback = told(body("doubled = number / 0"), called=(PATH, 4, "double"))
    assert (feedback.line, feedback.where) == (5, "")


@pytest.mark.parametrize(("text", "shown"), [("a", 1), ("a\nb", 2), ("a\nb\nc", 3)])
def test_a_short_file_is_shown_whole(text, shown):
    error = Miss("value", "x is wrong")
    feedback = explain(error, [PATH], (PATH, 1, "a"), lambda path: text.splitlines())
    assert len(feedback.code) == shown


def test_lines_are_read_from_the_file_as_it_is_not_from_a_cache():
    linecache.cache[PATH] = (1, None, ["stale\n"] * 9, PATH)
    try:
        assert "stale" not in told(body("1 / 0")).plain
    finally:
        linecache.cache.pop(PATH)


# ---------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("x is 3", "X is 3."),
        ("double(1) is 3", "double(1) is 3."),
        ("your code stops.", "Your code stops."),
        ("Is it?", "Is it?"),
        ("double.py is empty!", "double.py is empty!"),
        ("lm_head changed", "lm_head changed."),
        ("3 entries", "3 entries."),
    ],
)
def test_words_are_sentences(sentence, words):
    assert Feedback("value", sentence).words == [words]


def test_words_end_in_a_full_stop_everywhere():
    feedback = Feedback("value", "x is 3", looks_like="a sum", because="count the rows")
    assert feedback.words == ["X is 3.", "This looks like a sum.", "Count the rows."]


def test_plain_text_holds_words_place_and_code():
    code = ((9, "def f():"), (10, "    x"), (11, ""))
    feedback = Feedback("value", "x is 3", because="Count.", path="a.py", line=10, code=code)
    assert feedback.plain.splitlines() == [
        "X is 3.",
        "Count.",
        "",
        "a.py:10",
        "     9 | def f():",
        ">   10 |     x",
        "    11 | ",
    ]


def test_plain_text_without_a_line_is_words_alone():
    assert Feedback("value", "x is 3", path="a.py").plain == "X is 3."


@pytest.mark.parametrize(
    "feedback",
    [
        Feedback("value", "x is 3"),
        Feedback(
            "raised", "caf\udce9 \N{GRINNING FACE}", "a sum", "Count.", "a.py", 3, ((3, "\tx"),)
        ),
    ],
    ids=["least", "most"],
)
def test_feedback_survives_json(feedback):
    assert Feedback.from_dict(json.loads(json.dumps(feedback.to_dict()))) == feedback
    assert Feedback.from_dict(feedback.to_dict()) == feedback
