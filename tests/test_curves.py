"""Loss curves: what a test shows of a training run, on the screen and in the journal."""

from __future__ import annotations

import json
import math
import os
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kits import Toy, make_kit
from toys import Result, environment, run

from pytest_kata import checks, curves
from pytest_kata.curves import POINTS, Parting, compared, lines, plain, read, written

NAN, INF = math.nan, math.inf
FALLING = [4.0, 3.0, 2.0, 1.5, 1.0, 0.5]
LOSSES = st.lists(st.floats(-1e300, 1e300) | st.sampled_from([NAN, INF, -INF]), max_size=200)
REFERENCES = st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=200)


# ------------------------------------------------------------------------- where two runs part


@pytest.mark.parametrize(
    ("yours", "words"),
    [
        ([4.0, 3.0, 2.5, 1.5, 1.0, 0.5], "parts at step 3, 0.5 above"),
        ([3.0, 3.0, 2.0, 1.5, 1.0, 0.5], "parts at step 1, 1 below"),
        ([4.0, 3.0, 2.0, NAN, NAN, NAN], "nan at step 4"),
        ([4.0, 3.0, 2.0, 1.5, INF, NAN], "inf at step 5"),
        ([4.0, -INF, 2.0], "-inf at step 2"),
        ([4.0, 3.0], "ends after step 2"),
        ([], "has no losses"),
        ([*FALLING, 0.4], "goes on after step 6"),
    ],
)
def test_the_step_where_two_runs_part_is_named(yours, words):
    parting = compared(yours, FALLING).parting
    assert parting is not None
    assert parting.words == words


def test_what_no_eye_would_see_is_not_a_parting():
    assert compared([loss + 0.1 for loss in FALLING], FALLING).parting is None
    assert compared([loss + 0.2 for loss in FALLING], FALLING).parting is not None
    assert compared([5.0, 5.04], [5.0, 5.0]).parting is None
    assert compared([5.0, 5.06], [5.0, 5.0]).parting == Parting(2, 5.06, 5.0)


@pytest.mark.parametrize("reference", [[], [1.0, NAN], [INF]])
def test_a_reference_is_a_curve(reference):
    with pytest.raises(ValueError, match="reference"):
        compared([1.0], reference)


def test_a_long_run_is_kept_as_means_and_parts_at_its_true_step():
    reference = [1.0 - step / 1000 for step in range(1000)]
    yours = reference[:777] + [9.0] * 223
    kept = compared(yours, reference)
    assert len(kept.yours) == len(kept.reference) == POINTS
    assert kept.parting is not None
    assert kept.parting.step == 778
    assert kept.reference[0] == pytest.approx(sum(reference[:16]) / 16)
    # The mean that holds step 778 is the first that is drawn above the scale.
    drawn, _, mark = lines(kept, 100)
    assert mark.index("↑") == drawn.index("▲")


# ------------------------------------------------------------------------------------- as text


@given(LOSSES, REFERENCES)
def test_what_is_written_is_read_to_three_digits(yours, reference):
    text = written(compared(yours, reference))
    again = read(text)
    assert again is not None
    assert written(again) == text
    assert len(text) < 1600


@pytest.mark.parametrize(
    "text",
    ["", "1", "1;;", "1;;1;", "2;;1 2;1 x", "1;;1;nan", "1;;1;1;1", "0;;1;1", "3;9 1 1;1;1",
     "1;1;1;1", "1;1 - -;;1 2", f"99;;{'1 ' * 61};1", "1" * 9999, None, 5, ["1;;1;1"]],
)  # fmt: skip
def test_any_other_text_is_no_curve(text):
    assert read(text) is None


@given(st.text(alphabet="0123456789.;- naif", max_size=40))
def test_no_text_makes_reading_or_drawing_raise(text):
    found = read(text)
    assert found is None or lines(found, 60)


# --------------------------------------------------------------------------------------- drawn


def test_two_curves_stand_on_one_scale_with_a_mark_below():
    assert lines(compared([4.0, 3.0, 3.5, 4.0, 7.5, 20.0], FALLING), 60) == [
        "yours      ▅▃▄▅█▲  4 to 20",
        "reference  ▅▃▃▂▁▁  4 to 0.5",
        "             ↑ parts at step 3, 1.5 above",
    ]
    assert lines(compared([4.0, 3.0, NAN], FALLING), 60) == [
        "yours      █▆×  4 to nan",
        "reference  █▆▄▃▂▁  4 to 0.5",
        "             ↑ nan at step 3",
    ]


def test_in_ascii_the_blocks_are_digits_from_low_to_high():
    assert plain(compared([4.0, 3.0, NAN], FALLING)) == [
        "",
        "A run of 6 steps, your loss beside the reference's:",
        "yours      86x  4 to nan",
        "reference  864321  4 to 0.5",
        "             | nan at step 3",
    ]
    assert plain(compared(FALLING, FALLING)) == []


def test_a_peak_far_above_the_scale_is_told_in_words():
    yours, *_ = lines(compared([4.0, 3e9, 1.0, 1.0, 1.0, 1.0], FALLING), 60)
    assert yours.endswith("4 to 1, up to 3e+09")


def test_numbers_that_leave_no_room_for_the_curve_are_left_out():
    assert lines(compared([], [-5.11e140, *[0.0] * 6, -1.51e119]), 44) == [
        "yours",
        "reference  ▁███████",
        "           ↑ has no losses",
    ]


def test_a_mark_at_the_far_end_has_its_words_on_the_left():
    reference = [100.0 - step for step in range(60)]
    *_, mark = lines(compared([*reference[:59], 500.0], reference), 60)
    assert mark.endswith("parts at step 60, 459 above ↑")


@given(LOSSES, REFERENCES, st.integers(44, 120))
def test_no_line_is_longer_than_the_window(yours, reference, width):
    shown = compared(yours, reference)
    again = read(written(shown))
    for one in (shown, again):
        assert max(map(len, lines(one, width))) <= width


@given(LOSSES, REFERENCES, st.integers(44, 120))
def test_the_mark_stands_below_the_step_that_it_names(yours, reference, width):
    shown = compared(yours, reference)
    if shown.parting is not None and shown.parting.yours is not None:
        drawn, _, *marks = lines(shown, width)
        at = marks[0].index("↑")
        assert drawn[at] in "▁▂▃▄▅▆▇█▲▼×"
        if not math.isfinite(shown.parting.yours):
            assert drawn[at] == "×"


# ------------------------------------------------------------------------- what a test may show


class Lie(float):
    def __sub__(self, other):
        return 0.0


class Endless(list):
    def __iter__(self):
        return iter(int, 1)

    def __getitem__(self, key):
        raise SystemExit(0)


@pytest.mark.parametrize(
    "got",
    [None, 3.0, "4 3 2", Endless(FALLING), [4.0, Lie(3.0)], [True, False], [10**999], [[1.0]],
     {4.0: 3.0}, iter(FALLING)],
)  # fmt: skip
def test_what_is_no_list_of_numbers_is_not_shown(got):
    checks.show_losses(got, FALLING)
    assert curves.taken() == ""


def test_numbers_of_numpy_and_whole_ones_are_shown():
    numpy = pytest.importorskip("numpy")
    checks.show_losses((4, numpy.float32(3.0), numpy.float64(NAN)), FALLING)
    shown = read(curves.taken())
    assert shown is not None
    assert shown.parting is not None
    assert shown.parting.words == "nan at step 3"
    assert curves.taken() == ""


def test_of_an_endless_run_no_more_is_looked_at_than_says_so():
    checks.show_losses([4.0] * 10**6, [4.0, 4.0])
    shown = read(curves.taken())
    assert shown is not None
    assert shown.steps == 3
    assert shown.parting == Parting(3, 4.0, None)


# --------------------------------------------------------------------------- in a real session

TESTS = '''"""A run of six steps."""

from pytest_kata import checks

RIGHT = [4.0, 3.0, 2.0, 1.5, 1.0, 0.5]


def test_something_else(kata):
    """It takes a number."""
    checks.returned(kata.double(1), "double(1)")


def test_short_run(kata):
    """A run of two steps."""
    losses = kata.double(2)
    checks.show_losses(losses, RIGHT[:2])
    checks.that(type(losses) is list, "the losses are no list")


def test_whole_run(kata):
    """A run of all steps."""
    losses = kata.double(6)
    checks.show_losses(losses, RIGHT)
    checks.close(losses[-1], 0.5, "the last loss", atol=1e-6)
'''
RIGHT = "RIGHT = [4.0, 3.0, 2.0, 1.5, 1.0, 0.5]"
HEAD = "def double(steps):\n"
GOOD = f"{HEAD}    return [4.0, 3.0, 2.0, 1.5, 1.0, 0.5][:steps]\n"
BAD = f"{HEAD}    return [4.0, 3.0, 2.0, 3.5, 5.5, float('nan')][:steps]\n"
PICTURE = """\
  A run of 6 steps, your loss beside the reference's:
  yours      ▆▅▃▅█×  4 to nan
  reference  ▆▅▃▂▂▁  4 to 0.5
                ↑ parts at step 4, 2 above
"""
PLAIN = """\
A run of 6 steps, your loss beside the reference's:
yours      65358x  4 to nan
reference  653221  4 to 0.5
              | parts at step 4, 2 above
"""


@pytest.fixture
def training(tmp_path):
    """A kit with one training kata, and what writes the learner's file and runs pytest on it."""
    make_kit(tmp_path, Toy(tests=TESTS))
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --import-mode=importlib -p no:hypothesispytest\n"
    )

    def tried(learner: str, *words: str, **env: str) -> Result:
        (tmp_path / "katas/01_first/01_double/double.py").write_text(learner)
        return run(["-m", "pytest", "katas", *words], tmp_path, env)

    return tried


def finished(folder: Path) -> list[dict]:
    """What the journal has of each run that came to its end."""
    text = (folder / ".kata/journal.jsonl").read_text()
    return [e for e in map(json.loads, filter(None, text.splitlines())) if e["event"] == "finished"]


@pytest.mark.parametrize("how", [[], ["--kata-isolation=off"], ["-n", "2"]], ids=str)
def test_a_failing_screen_shows_where_the_learners_run_parts(training, how):
    result = training(BAD, *how)
    assert result.status == 1
    assert PICTURE in result.out
    sentence, frame = result.out.index("The last loss is nan"), result.out.index("double.py:1\n")
    assert sentence < result.out.index(PICTURE) < frame


LONG = f"{HEAD}    return [4.0 - n / 40 if n < 99 else 1e9 for n in range(120)][-steps * 20:]\n"


@pytest.mark.skipif(os.name != "posix", reason="this system has no pseudo-terminals")
@pytest.mark.parametrize("columns", [44, 60, 80, 120])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_on_a_terminal_of_any_width_the_picture_is_whole(training, tmp_path, columns, encoding):
    from test_screen import lines_of, on_a_terminal, too_wide

    tests = tmp_path / "katas/01_first/01_double/test_double.py"
    tests.write_text(TESTS.replace(RIGHT, "RIGHT = [4.0 - n / 40 for n in range(120)]"))
    training(LONG)
    env = environment(PYTHONIOENCODING=encoding)
    screen = on_a_terminal(["-m", "pytest", "katas"], tmp_path, env, columns)
    assert too_wide(screen, columns) == []
    shown = lines_of(screen)
    assert any("your loss beside the" in line for line in shown)
    at = next(n for n, line in enumerate(shown) if line.startswith("  yours "))
    # In a narrow window the words go below their mark.
    yours, reference, mark, below = (line.rstrip() for line in shown[at : at + 4])
    peak, here = ("▲", "↑") if encoding == "utf-8" else ("^", "|")
    assert mark.index(here) == yours.index(peak) > 13
    words = (mark if columns > 44 else below).replace(here, "").strip()
    assert words == "parts at step 100, 1e+09 above"
    assert reference.startswith("  reference ")
    # The means of the first two steps and of the last two.
    assert reference.endswith("  3.99 to 1.04")
    assert screen.isascii() or encoding == "utf-8"


def test_the_picture_of_another_test_stands_by_the_first_failure(training):
    result = training(BAD.replace("return", "return None if steps == 1 else"))
    assert "double(1) is None" in result.out
    assert PICTURE in result.out


def test_curves_that_go_together_are_no_news(training):
    result = training(GOOD.replace("return", "return None if steps == 1 else"))
    assert result.status == 1
    assert "Your loss" not in result.out


def test_verbose_output_and_junit_have_it_in_ascii(training, tmp_path):
    result = training(BAD, "-v", "--junitxml=junit.xml")
    assert PLAIN in result.out
    assert PLAIN.strip() in "".join(ElementTree.parse(tmp_path / "junit.xml").getroot().itertext())


def test_the_journal_keeps_one_run_that_failed_or_the_longest(training, tmp_path):
    assert training(BAD).status == 1
    assert training(GOOD).status == 0
    assert training(GOOD, "-k", "something").status == 0
    assert [event.get("losses", "") for event in finished(tmp_path)] == [
        "6;4 3.5 1.5;4 3 2 3.5 5.5 nan;4 3 2 1.5 1 0.5",
        "6;;4 3 2 1.5 1 0.5;4 3 2 1.5 1 0.5",
        "",
    ]


def test_of_other_sources_nothing_is_kept(training, tmp_path):
    training(GOOD, "--kata-source=solution")
    assert not (tmp_path / ".kata/journal.jsonl").exists()


# What looks like losses to some, and right to others; all of it is wrong.
LIES = {
    "float": "class Lie(float):\n    def __sub__(self, other):\n        return 0.0\n"
    "    __rsub__ = __sub__\n    def __le__(self, other):\n        return True\n\n"
    f"{HEAD}    return [Lie(9.0)] * steps\n",
    "list": "class Lie(list):\n    def __iter__(self):\n        return iter(int, 1)\n"
    "    def __getitem__(self, key):\n        return 0.5\n\n"
    f"{HEAD}    return Lie([0.5] * steps)\n",
    "curve": "from pytest_kata import checks, curves\n\n\n"
    f"{HEAD}    checks.show_losses([4.0] * steps, [4.0] * steps)\n"
    "    curves._shown.append('6;;1;1')\n    return [9.0] * steps\n",
}


@pytest.mark.parametrize("how", [[], ["--kata-isolation=off"]], ids=["isolated", "exposed"])
@pytest.mark.parametrize("lie", LIES)
def test_no_picture_turns_red_to_green(training, tmp_path, lie, how):
    result = training(LIES[lie], *how)
    assert result.status == 1
    (event,) = finished(tmp_path)
    assert event["outcome"] == "failed"
    assert not event.get("losses") or read(event["losses"]) is not None


def test_a_picture_of_nonsense_breaks_nothing(training, tmp_path):
    nonsense = "from pytest_kata import curves\n\n\n" + GOOD.replace(
        "    return", "    curves._shown.append('nonsense')\n    return"
    )
    result = training(nonsense)
    assert result.status in (0, 1)
    assert len(finished(tmp_path)) == 1
