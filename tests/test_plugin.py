"""`pytest katas/` from the outside: the screen, the exit status, the journal."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# At the end of a session, which of these are loaded in pytest's own process?
TELL_MODULES = """\
import sys

def pytest_unconfigure():
    names = ("torch._C", "rich", "numpy")
    print("loaded:", *(name for name in names if name in sys.modules))
"""

TELL_KIT = """\
import sys

def pytest_unconfigure():
    print("loaded:", *sorted(name for name in sys.modules if name.startswith("pytest_kata")))
"""


def words_of(out: str) -> str:
    """A screen as one line, so that wrapped sentences can be found in it."""
    return " ".join(out.split())


def squeezed(out: str) -> str:
    """A screen without any blanks, so that a folded path can be found in it."""
    return "".join(out.split())


def verdicts(out: str) -> dict[str, str]:
    """ "kata::test" -> verdict, from the lines of `pytest -v`, in their order."""
    found = re.findall(r"(?m)^katas/\S*/test_(\w+)\.py::(\S+) ([A-Z]+(?: [A-Z]+)*)", out)
    return {f"{kata}::{test}": verdict for kata, test, verdict in found}


# ------------------------------------------------------------------------ untouched


def test_the_first_run_answers_without_running_or_importing_anything(kit, tmp_path):
    ran = tmp_path / "ran"
    code = f"open({str(ran)!r}, 'w')\n\n\ndef double(x):\n    raise NotImplementedError\n"
    kit.file("double").write_text(code)
    kit.starter("double").write_text(code)
    kit.tests("triple").write_text("import torch\n" + kit.tests("triple").read_text())
    (kit.folder / "conftest.py").write_text(TELL_MODULES)

    result = kit.pytest("katas")

    assert result.status == 1
    assert result.counts == {"not started": 6}
    assert "first   ░░░░░░░░░░░░░░░░░░░░  0 of 2 solved, 2 not started" in result.out
    assert "second  ░░░░░░░░░░░░░░░░░░░░  0 of 1 solved, 1 not started" in result.out
    assert "Next: katas/01_first/01_double/double.py:5 " in result.out
    assert "torch._C" not in result.out
    assert not ran.exists()
    assert kit.events() == []

    alone = kit.pytest("katas/01_first/01_double")
    assert ran.exists(), "a kata selected alone is run, started or not"
    assert alone.status == 1
    assert alone.counts == {"failed": 2}
    assert "Double() is not written yet" in alone.out or "double() is not written" in alone.out


def test_a_suite_without_katas_loads_nothing_of_the_kit(kit):
    beside = kit.folder / "beside"
    beside.mkdir()
    (kit.folder / "conftest.py").write_text(TELL_KIT)
    (beside / "test_other.py").write_text("def test_other():\n    pass\n")
    alone = kit.pytest("beside")
    assert alone.counts == {"passed": 1}
    # One of each: what is loaded before any kata is met.
    assert "loaded: pytest_kata pytest_kata.outline pytest_kata.plugin\n" in alone.out


@pytest.mark.parametrize("words", [["."], ["beside", "katas"], ["beside", "katas", "-n", "1"]])
def test_katas_among_other_tests_are_katas(kit, words):
    if "-n" in words:
        pytest.importorskip("xdist")
    beside = kit.folder / "beside"
    beside.mkdir()
    (beside / "test_other.py").write_text("def test_other():\n    pass\n")
    kit.solve("double")
    both = kit.pytest(*words)
    assert both.counts == {"passed": 3, "not started": 4}
    assert "first   " in both.out
    assert [event["event"] for event in kit.events()] == ["started", "finished"]


def test_katas_run_in_their_order_whatever_the_command_line_says(kit):
    result = kit.pytest("-v", "katas/02_second", "katas/01_first/02_triple", "katas/01_first")
    assert list(dict.fromkeys(name.split("::")[0] for name in verdicts(result.out))) == [
        "double",
        "triple",
        "quadruple",
    ]


# ------------------------------------------------------------------------ failing, passing


def test_one_failure_is_shown_in_full_and_the_others_in_a_line(kit):
    kit.write("double", "return x + 2")
    kit.write("triple", "return x - 3")
    kit.write("quadruple", "values = [x]\nreturn values[3]")

    result = kit.pytest("katas")

    assert result.status == 1
    assert result.counts == {"failed": 6}
    assert "✗ double  test_five  (attempt 1, 0 of 2 tests pass)" in result.out
    assert "Five, multiplied." in result.out
    assert result.out.count("double(5) is 7, off by 3.") == 1
    assert "This looks like addition." in result.out
    assert "  katas/01_first/01_double/double.py:1\n  ▸    1 │ def double(x):" in result.out
    assert "double(-1)" not in result.out
    assert "triple(5)" not in result.out
    assert "also failing: triple, quadruple" in result.out
    assert "Next: katas/01_first/01_double/double.py:1 " in result.out
    assert "test_double.py" not in result.out, "the learner's frame, not ours"

    alone = kit.pytest("katas/02_second")
    assert "quadruple() raises IndexError: list index out of range." in words_of(
        alone.out
    ).lower().replace("indexerror", "IndexError")
    assert "katas/02_second/01_quadruple/quadruple.py:3" in alone.out
    assert "▸    3 │     return values[3]" in alone.out


def test_the_test_that_fails_second_is_shown_when_the_first_passes(kit):
    kit.write("double", "return abs(x) * 2")
    result = kit.pytest("katas/01_first")
    assert result.counts == {"failed": 1, "passed": 1, "not started": 2}
    assert "✗ double  test_minus_one  (attempt 1, 1 of 2 tests pass)" in result.out
    assert "Signs count." in result.out


def test_a_pass_shows_the_medal_the_mistakes_ruled_out_and_what_comes_next(kit):
    kit.write("double", "return x")
    kit.pytest("katas")
    kit.solve("double")

    result = kit.pytest("katas")

    assert result.status == 1, "the others have not passed yet"
    assert result.counts == {"passed": 2, "not started": 4}
    assert re.search(r"✓ double  solved  gold  \(2 attempts in 0:\d\d, gold takes 2\)", result.out)
    assert "The tests just ruled out:" in result.out
    assert "· Adds instead of multiplying." in result.out
    assert "· and 2 more mistakes that people make" in result.out
    assert "Compare with solutions/01_first/01_double/explanation.md" in result.out
    assert "██████████░░░░░░░░░░  1 of 2 solved, 1 not started" in result.out
    assert "Next: katas/01_first/02_triple/triple.py:5 " in result.out

    again = kit.pytest("katas")
    assert "ruled out" not in again.out, "once is enough"


def test_all_solved_ends_with_status_0_and_a_badge_for_each_track(kit):
    for name in ("double", "triple", "quadruple"):
        kit.solve(name)
    result = kit.pytest("katas")
    assert result.status == 0
    assert result.counts == {"passed": 6}
    assert "Next: all katas are solved; kata review keeps them fresh." in result.out
    assert "Second  earned" in result.out


# ------------------------------------------------------------------------ attempts


def attempts(kit) -> int:
    """How many attempts at double the screen counts after one more run of it."""
    out = kit.pytest("katas/01_first/01_double", "-k", "five").out
    return int(re.search(r"attempt (\d+),", out).group(1))


def test_an_attempt_is_a_run_of_something_new(kit):
    kit.write("double", "return 1")
    assert attempts(kit) == 1
    assert attempts(kit) == 1, "the same bytes again"
    kit.write("double", "return 2")
    assert attempts(kit) == 2
    kit.file("double").write_bytes(kit.starter("double").read_bytes())
    assert attempts(kit) == 2, "back to the starter"
    kit.write("double", "return 2")
    assert attempts(kit) == 2, "back to what was attempted last"
    kit.write("double", "return 3")
    assert attempts(kit) == 3

    for name in ("started", "finished"):
        assert len(kit.events(name)) == 6, "each run is on record all the same"


def test_more_attempts_than_the_budget_cost_the_gold_medal(kit):
    kit.command("hint", "triple")
    for number in range(2):
        for name in ("double", "triple"):
            kit.write(name, f"return {number}")
        kit.pytest("katas/01_first")
    for name in ("double", "triple"):
        kit.solve(name)
    out = kit.pytest("katas/01_first").out
    how = r"  solved  silver  \(3 attempts in 0:\d\d, "
    assert re.search(f"✓ double{how}gold takes 2\\)", out)
    assert re.search(f"✓ triple{how}after a hint, gold takes 2\\)", out)


@pytest.mark.parametrize(
    "words",
    [
        ["katas/01_first/01_double/test_double.py::test_five"],
        ["katas", "-k", "five"],
        ["katas/01_first", "--deselect", "katas/01_first/01_double/test_double.py::test_minus_one"],
    ],
    ids=["node id", "-k", "--deselect"],
)
def test_some_of_its_tests_never_solve_a_kata(kit, words):
    kit.solve("double")
    result = kit.pytest(*words)
    assert "0 of 2 solved, 1 in progress" in result.out
    assert "gold" not in result.out
    assert "double: 1 of 2 tests ran, and pass" in result.out
    assert [event["passed"] for event in kit.events("finished")] == [1]


def test_both_tests_named_one_by_one_solve_it(kit):
    kit.solve("double")
    tests = kit.shown(kit.tests("double"))
    result = kit.pytest(f"{tests}::test_minus_one", f"{tests}::test_five")
    assert result.status == 0
    assert "✓ double  solved  gold" in result.out


# ------------------------------------------------------------------------ sources


def test_sources_other_than_the_learners_are_run_and_not_recorded(new_kit):
    kit = new_kit()
    kit.write("double", "return 'nonsense'")
    for label, status, counts in (
        ("solution", 0, {"passed": 6}),
        ("starter", 1, {"failed": 6}),
        ("other:sum", 0, {"passed": 6}),
        ("mistake:forgets", 1, {"failed": 6}),
        ("every", 1, {"failed": 54, "passed": 12}),
    ):
        result = kit.pytest("katas", f"--kata-source={label}")
        assert (result.status, result.counts) == (status, counts), label
        assert "double  " + label.replace("every", "mistake:zero") in result.out
    assert not kit.journal.parent.exists()

    assert kit.pytest("katas", "--kata-source=learner").status == 1
    assert len(kit.events("started")) == 1


def test_a_source_that_only_one_kata_has_runs_there_alone(kit):
    (kit.other("triple").with_name("other_shift.py")).write_text(
        "def triple(x):\n    return (x << 1) + x\n"
    )
    result = kit.pytest("katas", "--kata-source=other:shift")
    assert result.status == 0
    assert result.counts == {"passed": 2, "deselected": 4}
    assert "triple  other:shift  2 of 2 tests pass" in result.out


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("nonsense", "--kata-source=nonsense is not a source; say learner, solution, starter"),
        ("mistake:unknown", "double has no source 'mistake:unknown'; it has starter, solution,"),
    ],
)
def test_an_unknown_source_is_a_usage_error_that_names_the_known(kit, label, sentence):
    result = kit.pytest("katas", f"--kata-source={label}")
    assert result.status == 4
    assert sentence in words_of(result.err)


# ------------------------------------------------------------------------ pytest's own options


def test_exitfirst_and_maxfail_stop_where_pytest_would(new_kit):
    kit = new_kit()
    for name in ("double", "triple", "quadruple"):
        kit.write(name, "return 1")
    for words, failed in ((["-x"], 1), (["--maxfail=3"], 3)):
        result = kit.pytest("katas", *words)
        assert (result.status, result.counts) == (1, {"failed": failed}), words
        assert f"stopping after {failed} failures" in result.out
        assert "double(5) is 1" in result.out


def test_selecting_nothing_and_only_collecting_run_nothing(new_kit):
    kit = new_kit()
    kit.solve("double")
    nothing = kit.pytest("katas", "-k", "no_such_test")
    assert (nothing.status, nothing.counts) == (5, {"deselected": 6})
    listed = kit.pytest("katas", "--collect-only", "-q")
    assert listed.status == 0
    assert [line for line in listed.out.splitlines() if "::" in line] == [
        f"{kit.shown(kit.tests(name))}::{test}"
        for name in ("double", "triple", "quadruple")
        for test in ("test_five", "test_minus_one")
    ]
    assert kit.events() == []


def test_a_junit_file_has_each_test_once_with_its_words(kit):
    kit.write("double", "return abs(x) * 2")
    kit.pytest("katas", "--junitxml=report.xml")
    suite = ElementTree.parse(kit.folder / "report.xml").getroot().find("testsuite")
    counted = {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": "6", "failures": "5", "errors": "0", "skipped": "0"}
    words = {
        f"{case.get('classname').rpartition('.')[2]}::{case.get('name')}": case.findtext("failure")
        for case in suite.iter("testcase")
    }
    assert words["test_double::test_five"] is None
    assert "double(-1) is 2, off by 4." in words["test_double::test_minus_one"]
    assert f"{kit.file('double')}:1" in words["test_double::test_minus_one"]
    assert words["test_quadruple::test_five"] == "not started"


def test_verbosity_goes_from_the_minimum_to_pytests_own_traceback(new_kit):
    kit = new_kit()
    kit.write("double", "return x + 2")

    quiet = kit.pytest("katas", "-q")
    assert "double(5) is 7, off by 3." in quiet.out
    assert "of 2 solved" not in quiet.out
    assert len(quiet.out.splitlines()) < len(kit.pytest("katas").out.splitlines())

    verbose = kit.pytest("katas", "-v")
    assert verdicts(verbose.out) == {
        "double::test_five": "FAILED",
        "double::test_minus_one": "FAILED",
        "triple::test_five": "NOT STARTED",
        "triple::test_minus_one": "NOT STARTED",
        "quadruple::test_five": "NOT STARTED",
        "quadruple::test_minus_one": "NOT STARTED",
    }
    assert "double(5) is 7, off by 3." in verbose.out
    assert "double(-1) is 1, off by 3." in verbose.out
    assert ">       checks.equal" not in verbose.out

    source_line = '>       checks.equal(got, 10, "double(5)", looks_like={"addition": 5 + 2})'
    assert source_line in kit.pytest("katas", "-vv").out
    short = kit.pytest("katas", "--tb=short").out
    assert "katas/01_first/01_double/test_double.py:7: in test_five" in short
    assert "E   pytest_kata.checks.Miss: double(5) is 7, off by 3" in short


def test_prints_are_shown_shortened_under_a_failure(kit):
    kit.write("double", "for n in range(9):\n    print('trace', n)\nreturn x")
    shown = kit.pytest("katas").out
    assert "your code printed:" in shown
    assert re.findall(r"trace (\d)", shown) == ["6", "7", "8"]


def test_the_plugin_can_be_switched_off_by_the_name_kata(kit):
    (kit.folder / "test_plain.py").write_text("def test_plain():\n    assert True\n")
    assert kit.pytest("-p", "no:kata", "test_plain.py").status == 0
    without = kit.pytest("-p", "no:kata", "katas")
    assert without.status == 1
    assert "fixture 'kata' not found" in without.out
    assert kit.pytest("-p", "no:kata", "--kata-source=solution", "katas").status == 4


# ------------------------------------------------------------------------ beside other tests

PLAIN = """\
import pytest

def test_passes():
    assert True

def test_fails():
    got = [1, 2]
    assert got == [1, 3]

@pytest.mark.skip(reason="not today")
def test_skips():
    assert False

@pytest.mark.xfail
def test_fails_as_expected():
    assert False
"""


def test_ordinary_tests_in_the_same_run_look_as_they_always_do(kit):
    kit.write("double", "return x + 2")
    kit.solve("triple")
    (kit.folder / "tests").mkdir()
    (kit.folder / "tests" / "test_plain.py").write_text(PLAIN)

    result = kit.pytest("tests", "katas")

    assert result.status == 1
    assert result.counts == {"failed": 3, "passed": 3, "skipped": 1, "not started": 2}
    assert "1 xfailed" in result.out
    assert ">       assert got == [1, 3]" in result.out
    assert "tests/test_plain.py:8: AssertionError" in result.out
    assert "double(5) is 7, off by 3." in result.out
    assert "1 of 2 solved, 1 in progress" in result.out


def test_somebody_elses_suite_never_notices(bare):
    (bare.folder / "conftest.py").write_text(TELL_MODULES)
    (bare.folder / "test_plain.py").write_text(PLAIN)
    bare.katas.mkdir()
    (bare.katas / "test_in_a_folder_called_katas.py").write_text("def test_it():\n    pass\n")
    result = bare.pytest()
    assert result.status == 1
    assert result.counts == {"failed": 1, "passed": 2, "skipped": 1}
    assert "loaded:\n" in result.out
    assert "solved" not in result.out
    assert not (bare.folder / ".kata").exists()


# ------------------------------------------------------------------------ what learners' code does

SWALLOWS = """\
while True:
    try:
        for n in range(10**9):
            x += n
    except BaseException:
        pass
"""


def test_code_that_does_not_end_fails_its_kata_and_the_next_still_runs(bare):
    for number, name in enumerate(("loops", "loops_at_import", "swallows", "fine"), start=2):
        bare.add(name, number, f"01_first/{number:02}_{name}", seconds=0.3)
    bare.write("loops", "while True:\n    x += 1")
    bare.file("loops_at_import").write_text("n = 0\nwhile True:\n    n += 1\n")
    bare.write("swallows", SWALLOWS)
    bare.solve("fine")

    result = bare.pytest("katas", "-v")

    assert result.status == 1
    assert result.counts == {"failed": 6, "passed": 2}
    assert verdicts(result.out)["fine::test_five"] == "PASSED"
    assert result.out.count("Your code was still running at its time limit") == 4
    assert "at its time limit, in loops() (limit 0.3 s" in result.out
    assert "loops_at_import/loops_at_import.py:" in result.out
    assert result.out.count("Your code did not stop at its time limit and was ended") == 2
    assert "limit 0.3 s" in result.out
    outcomes = [(event["kata"], event["outcome"]) for event in bare.events("finished")]
    assert outcomes == [
        ("loops", "failed"),
        ("loops-at-import", "failed"),
        ("swallows", "failed"),
        ("fine", "passed"),
    ]


def test_code_that_ends_the_process_fails_its_kata_and_the_next_still_runs(bare):
    for number, (name, body) in enumerate(
        (
            ("leaves", "import os\nos._exit(0)"),
            ("exits", "import sys\nsys.exit(0)"),
            ("is_killed", "import os\nos.kill(os.getpid(), 9)"),
            ("skips", "import pytest\npytest.skip('later')"),
            ("leaves_pytest", "import pytest\npytest.exit('bye', 0)"),
        ),
        start=2,
    ):
        bare.add(name, number, f"01_first/{number:02}_{name}")
        bare.write(name, body)
    bare.add("fine", 3, "01_first/09_fine")
    bare.solve("fine")

    result = bare.pytest("katas", "-v")

    assert result.status == 1
    assert result.counts == {"failed": 10, "passed": 2}
    assert "Your code ended its process with exit status 0" in result.out
    assert "Your code ended its process by SIGKILL" in result.out
    assert "exits() raises SystemExit: 0." in result.out
    assert "Your code called pytest.skip, which decides nothing here." in result.out
    assert "Your code called pytest.exit, which decides nothing here." in result.out


WRITTEN = {
    # name -> (the learner's file, words, line)
    "is_gone": (None, "is_gone.py is not there. kata reset brings the starter back;", 0),
    "is_no_python": (
        "def is_no_python(x):\n    return (x\n",
        "is_no_python.py is not valid Python at line 2: '(' was never closed.",
        2,
    ),
    "fails_at_import": (
        "import no_such_module\n",
        "fails_at_import.py fails while it is imported: ModuleNotFoundError: No module named",
        1,
    ),
    "has_another_name": (
        "def renamed(x):\n    return x\n",
        "There is no has_another_name in has_another_name.py.",
        0,
    ),
    "takes_too_much": (
        "\ndef takes_too_much(x, y):\n    return x\n",
        "takes_too_much(int) does not fit its signature: missing a required argument: 'y'.",
        2,
    ),
    "returns_nothing": (
        "def returns_nothing(x):\n    x * 2\n",
        "returns_nothing(5) is None. Is a return missing?",
        1,
    ),
    "returns_text": (
        "def returns_text(x):\n    return str(x)\n",
        "returns_text(5) is a str, expected an int.",
        1,
    ),
    "raises": (
        "def raises(x):\n    y = x\n    return y / 0\n",
        "raises() raises ZeroDivisionError: division by zero.",
        3,
    ),
}


def test_each_way_to_be_wrong_is_told_in_a_sentence_and_a_place(bare):
    for number, (name, (text, _, _)) in enumerate(WRITTEN.items(), start=2):
        bare.add(name, number, f"01_first/{number:02}_{name}")
        if text is None:
            bare.file(name).unlink()
        else:
            bare.file(name).write_text(text)

    result = bare.pytest("katas", "-v")

    assert result.status == 1
    assert result.counts == {"failed": 2 * len(WRITTEN)}
    blocks = re.split(r"(?m)^_{3,} \w+ _{3,}$", result.out)[1::2]
    for (name, (_, sentence, line)), block in zip(WRITTEN.items(), blocks, strict=True):
        assert sentence.lower() in words_of(block).lower()
        if line:
            assert f"{bare.file(name)}:{line}\n" in block
            assert f"> {line:>4} | " in block


TENSOR_TESTS = """\
import torch

from pytest_kata import checks


def test_rows(kata):
    \"""One row for each of three.\"""
    checks.close(kata.{name}(3), torch.ones(3, 2), "{name}(3)", atol=1e-6)
"""


def test_tensors_of_a_wrong_shape_or_with_nan_are_told_as_such(bare):
    for number, (name, returned) in enumerate(
        (
            ("wrong_shape", "torch.ones(2, x)"),
            ("not_finite", "torch.ones(x, 2) * torch.tensor([1.0, float('nan')])"),
            ("right", "torch.ones(x, 2)"),
        ),
        start=2,
    ):
        bare.add(name, number, f"01_first/{number:02}_{name}", seconds=20)
        bare.tests(name).write_text(TENSOR_TESTS.format(name=name))
        bare.write(name, f"import torch\nreturn {returned}")
    result = bare.pytest("katas", "-v")
    assert result.counts == {"failed": 2, "passed": 1}, result.out
    assert "wrong_shape(3) has shape (2, 3), expected (3, 2)." in words_of(result.out)
    assert "not_finite(3) is nan at [0, 1], 3 of 6 entries are not finite." in words_of(result.out)


def test_without_isolation_the_verdicts_and_words_are_the_same(new_kit):
    kit = new_kit()
    kit.solve("double")
    kit.write("triple", "return x + 3")
    kit.write("quadruple", "return abs(x) * 4")
    runs = [kit.pytest("katas", "-v", f"--kata-isolation={how}") for how in ("auto", "off")]
    assert [run.status for run in runs] == [1, 1]
    assert verdicts(runs[0].out) == verdicts(runs[1].out)
    first, second = (run.out.split("= FAILURES =")[1].split("  first ")[0] for run in runs)
    assert first == second
    auto, off = kit.events("finished")[:3], kit.events("finished")[3:]
    for one, other in zip(auto, off, strict=True):
        for key in ("kata", "outcome", "passed", "failed", "tests", "sha256"):
            assert one.get(key) == other.get(key)


def test_two_workers_give_the_same_verdicts_and_the_same_journal(new_kit):
    kit = new_kit()
    kit.solve("double")
    kit.write("quadruple", "return abs(x) * 4")
    result = kit.pytest("katas", "-n", "2")
    assert result.status == 1
    assert result.counts == {"failed": 1, "passed": 3, "not started": 2}
    assert "✓ double  solved  gold" in result.out
    assert "quadruple(-1) is 4, off by 8." in result.out
    finished = {e["kata"]: (e["outcome"], e.get("passed", 0)) for e in kit.events("finished")}
    assert finished == {"double": ("passed", 2), "quadruple": ("failed", 1)}


def test_nothing_of_a_learners_file_is_left_in_the_kit(kit):
    before = {path for path in kit.folder.rglob("*") if "test_" not in path.name}
    kit.write("double", "return x")
    kit.pytest("katas", "-p", "no:cacheprovider")
    after = {path for path in kit.folder.rglob("*") if "test_" not in path.name}
    new = {kit.shown(path).split("/")[0] for path in after - before if path.name != "__pycache__"}
    assert new == {".kata"}


# ------------------------------------------------------------------------ journal and kit


def test_the_journal_lies_where_the_option_or_the_environment_says(kit, tmp_path):
    kit.write("double", "return 1")
    kit.pytest("katas", KATA_HOME=str(tmp_path / "env"))
    assert (tmp_path / "env" / "journal.jsonl").is_file()
    kit.pytest("katas", f"--kata-home={tmp_path / 'option'}", KATA_HOME=str(tmp_path / "other"))
    assert (tmp_path / "option" / "journal.jsonl").is_file()
    assert not (tmp_path / "other").exists()
    assert not kit.journal.exists()


def test_learners_who_share_a_journal_have_progress_of_their_own(kit):
    kit.solve("double")
    assert "1 of 2 solved" in kit.pytest("katas", KATA_LEARNER="ada").out
    kit.write("double", "return 1")
    assert "0 of 2 solved" in kit.pytest("katas", KATA_LEARNER="grace").out
    assert [event["learner"] for event in kit.events("started")] == ["ada", "grace"]


def test_a_home_that_cannot_be_written_costs_the_record_and_not_the_run(kit):
    (kit.folder / "occupied").write_text("a file, not a folder")
    kit.solve("double")
    result = kit.pytest("katas", "--kata-home=occupied/home")
    assert result.status == 1
    assert result.counts == {"passed": 2, "not started": 4}
    assert "✓ double  solved  gold" in result.out
    assert words_of(result.out).count("this run is not recorded, your files are untouched") == 1


def test_lines_of_the_journal_that_cannot_be_read_are_told_once_and_kept(kit):
    kit.solve("double")
    kit.pytest("katas")
    torn = b"\xff\xfe torn"
    kit.journal.write_bytes(kit.journal.read_bytes() + torn)
    result = kit.pytest("katas")
    assert "1 of 2 solved" in result.out
    assert "1 line of the journal cannot be read; kept, and passed over" in result.out
    assert torn in kit.journal.read_bytes()


def test_a_broken_kata_toml_is_told_with_its_place_and_the_other_katas_run(kit):
    kit.solve("double")
    kit.toml("triple").write_text(kit.toml("triple").read_text().replace('"easy"', '"nonsense"'))
    result = kit.pytest("katas")
    assert result.status == 1
    assert result.counts == {"failed": 2, "passed": 2, "not started": 2}
    sentence = f"{kit.toml('triple')}:5: 'level' must be one of easy, intermediate"
    assert squeezed(result.out).count(squeezed(sentence)) == 1
    assert "✓ double  solved" in result.out


def test_pytest_alone_means_the_katas_in_a_checkout_too():
    """Whoever has installed nothing but the kit lacks what its own tests import."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    collected = [line for line in done.stdout.splitlines() if "::" in line]
    assert collected
    assert all(line.startswith("katas/") for line in collected)
