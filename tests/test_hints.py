"""Hints that fit the test that failed, and a solution that says what it costs."""

from __future__ import annotations

import pytest
from watched import watching

from pytest_kata.journal import Event, line

GENERAL = "Look at the sign."
TASKS = (("Of five.", "Of minus one."), ("Multiply five.", "Multiply minus one."))


@pytest.fixture
def two_tasks(kit):
    """In the kata double, each test is a task of its own, and two levels have hints for each."""
    levels = ", ".join(f'["{one}", "{two}"]' for one, two in TASKS)
    toml = kit.toml("double")
    head = toml.read_text().partition("hints = ")[0]
    toml.write_text(f'{head}hints = ["{GENERAL}", {levels}]\n')
    tests = kit.tests("double").read_text().replace("from pytest", "import pytest\nfrom pytest", 1)
    for number, name in enumerate(("test_five", "test_minus_one"), start=1):
        tests = tests.replace(f"def {name}", f"@pytest.mark.task({number})\ndef {name}")
    kit.tests("double").write_text(tests)
    return kit


def shown(kit, *words: str) -> list[str]:
    """The texts of the hints that `kata hint double` shows, in their order."""
    out = kit.command("hint", "double", *words).out
    return [text for text in (GENERAL, *TASKS[0], *TASKS[1]) if f"  {text}\n" in out]


def fail(kit, task: int) -> None:
    kit.write("double", "return x * 3" if task == 1 else "return abs(x) * 2")
    assert kit.pytest("katas").status == 1


def given(kit) -> list[tuple[int, int]]:
    return [(event["level"], event.get("task", 0)) for event in kit.events("hint")]


# ------------------------------------------------------------------------ what fits


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["", "xdist"])
def test_the_hint_for_the_task_that_failed_comes_first(two_tasks, workers):
    two_tasks.write("double", "return abs(x) * 2")
    two_tasks.pytest("katas", *workers)
    assert [event.get("task", 0) for event in two_tasks.events("finished")] == [2]
    assert shown(two_tasks) == [GENERAL]
    assert shown(two_tasks) == [GENERAL, TASKS[0][1]]
    out = two_tasks.command("hint", "double").out
    assert "double, hint 3 of 3, for what failed last\n  Multiply minus one.\n" in out
    assert given(two_tasks) == [(1, 0), (2, 2), (3, 2)]


def test_another_task_has_hints_of_its_own_and_what_is_for_all_is_not_said_twice(two_tasks):
    fail(two_tasks, 2)
    for _ in range(3):
        shown(two_tasks)
    assert "That was the last one" in two_tasks.command("hint", "double").out
    fail(two_tasks, 1)
    assert shown(two_tasks) == [GENERAL, TASKS[0][0]]
    assert shown(two_tasks) == [GENERAL, TASKS[0][0], TASKS[1][0]]
    assert given(two_tasks) == [(1, 0), (2, 2), (3, 2), (2, 1), (3, 1)]
    # A medal and a report count levels, whatever they were for.
    assert '"hints": 3' in two_tasks.command("list", "--json").out


def test_before_anything_failed_a_hint_is_for_every_task(two_tasks):
    for _ in range(2):
        texts = shown(two_tasks)
    assert texts == [GENERAL, *TASKS[0]]
    fail(two_tasks, 1)
    assert shown(two_tasks) == [GENERAL, TASKS[0][0], TASKS[1][0]]


def test_hints_in_an_older_journal_were_for_all(two_tasks):
    two_tasks.journal.parent.mkdir()
    two_tasks.journal.write_bytes(line(Event(1.7e9, "learner", "double", "hint", level=2)))
    fail(two_tasks, 2)
    assert shown(two_tasks) == [GENERAL, TASKS[0][1], TASKS[1][1]]


@pytest.mark.parametrize("task", [-1, 3, 10**9])
def test_a_task_that_is_none_any_more_has_the_hints_of_all(two_tasks, task):
    failed = {"run": "r", "sha256": "x", "outcome": "failed", "tests": 2, "task": task}
    two_tasks.journal.parent.mkdir()
    two_tasks.journal.write_bytes(line(Event(1.7e9, "learner", "double", "finished", **failed)))
    for _ in range(2):
        texts = shown(two_tasks)
    assert texts == [GENERAL, *TASKS[0]]


def test_a_review_has_failures_and_hints_of_its_own(two_tasks):
    fail(two_tasks, 2)
    for _ in range(3):
        shown(two_tasks)
    two_tasks.solve("double")
    two_tasks.pytest("katas")
    two_tasks.command("review", "double")
    fail(two_tasks, 1)
    assert shown(two_tasks) == [GENERAL]
    assert shown(two_tasks) == [GENERAL, TASKS[0][0]]


def test_the_key_h_shows_what_fits(two_tasks):
    two_tasks.write("double", "return abs(x) * 2")
    with watching(two_tasks.folder, "double") as terminal:
        terminal.sees("from save to verdict")
        terminal.press(b"h")
        terminal.sees(GENERAL)
        terminal.press(b"h")
        terminal.sees("double, hint 2 of 3, for what failed last")
        assert TASKS[0][1] in terminal.screen
        assert TASKS[0][0] not in terminal.screen
        terminal.press(b"q")
        assert terminal.end() == 0


# ------------------------------------------------------------------------ what authors are told


def told(kit, old: str, new: str) -> str:
    """What `kata check` says once `old` in the tests, or in the kata.toml, is `new`."""
    for file in (kit.tests("double"), kit.toml("double")):
        text = file.read_text()
        if old in text:
            file.write_text(text.replace(old, new))
    result = kit.command("check", "double", COLUMNS="300")
    assert result.status == 1
    return result.out.replace(f"{kit.folder}/", "")


def test_a_kit_with_tasks_is_in_order(two_tasks):
    assert two_tasks.command("check", "double").status == 0


@pytest.mark.parametrize("wrong", ["task(3)", "task(0)", 'task("two")', "task(True)", "task"])
def test_a_marker_without_a_task_is_told_with_its_line(two_tasks, wrong):
    out = told(two_tasks, "mark.task(2)", f"mark.{wrong}")
    said = f"test_double.py:12: pytest.mark.{wrong} names no task; the hints know 1 to 2"
    assert said.replace('"', "'") in out
    assert "test_double.py:1: there are hints for task 2 and no test is marked" in out


def test_a_marker_where_no_hint_is_for_a_task_is_told(two_tasks):
    toml = two_tasks.toml("double")
    head = toml.read_text().partition("hints = ")[0]
    toml.write_text(f'{head}hints = ["a", "b", "c"]\n')
    out = told(two_tasks, "mark.task(2)", "mark.task(1)")
    assert out.count("pytest.mark.task(1): no hint is for one task") == 2


@pytest.mark.parametrize(
    "wrong",
    ['["a"], ["b"]', "[], []", '["a", "b"], ["a", "b", "c"]', '["a", 2], "c"', '1, "c"'],
)
def test_hints_that_are_no_hints_are_told_with_their_line(two_tasks, wrong):
    toml = two_tasks.toml("double")
    head = toml.read_text().partition("hints = ")[0]
    toml.write_text(f'{head}hints = ["general", {wrong}]\n')
    out = two_tasks.command("check", "double", COLUMNS="300").err
    out += two_tasks.command("list", COLUMNS="300").out
    assert "kata.toml:8: 'hints' must be a list of three hints" in out


def test_an_empty_hint_of_one_task_is_told(two_tasks):
    assert "kata.toml:8: write 3 hints, none of them empty" in told(two_tasks, "Of minus one.", " ")


# ------------------------------------------------------------------------ the solution

EARLY = (
    "double: the solution is offered after 2 attempts, and you have made {}; once you have seen "
    "it, the medal is bronze."
)


def words_of(out: str) -> str:
    return " ".join(out.split())


def test_before_its_time_the_solution_says_what_it_costs_and_who_insists_gets_it(kit):
    first = kit.command("solution", "double")
    assert (first.status, first.err) == (0, "")
    assert words_of(first.out) == f"{EARLY.format(0)} kata solution double --now shows it."
    assert kit.events() == [], "nothing was shown, so nothing is logged"
    assert "return x * 2" in kit.command("solution", "double", "--now").out
    assert [event["event"] for event in kit.events()] == ["solution"]
    # What was paid for stays.
    assert "return x * 2" in kit.command("solution", "double").out
    kit.solve("double")
    assert "double  solved  bronze" in kit.pytest("katas").out


def test_after_golds_attempts_it_is_offered_where_the_failure_is_shown(kit):
    for attempt, body in enumerate(("return x + 1", "return x - 1"), start=1):
        kit.write("double", body)
        out = kit.pytest("katas").out
        offered = "kata hint for a nudge, kata solution double for an answer" in out
        assert offered == (attempt == 2)
    assert "return x * 2" in kit.command("solution", "double").out


def test_the_nudge_names_the_kata_where_a_hint_would_be_for_another(kit):
    kit.write("double", "return x + 1")
    assert "(kata hint for a nudge" in kit.pytest("katas").out
    kit.write("triple", "return x + 1")
    # Attempted last, but not the first that fails.
    assert "(kata hint double for a nudge" in kit.pytest("katas").out
    assert "triple, hint 1" in kit.command("hint").out
    kit.solve("double")
    out = kit.pytest("katas/01_first/01_double").out
    # Where `kata` says one is.
    assert "Next: katas/01_first/02_triple/triple.py" in out
    assert "(kata hint for a nudge" in out


def test_after_the_last_hint_it_is_shown_as_that_hint_says(kit):
    for _ in range(3):
        kit.command("hint", "double")
    assert "return x * 2" in kit.command("solution", "double").out


def test_a_solved_kata_shows_it_at_once(kit):
    kit.solve("double")
    kit.pytest("katas")
    assert "Your gold medal stays." in kit.command("solution", "double").out


def test_in_a_review_it_costs_the_memory(kit):
    kit.solve("double")
    kit.pytest("katas")
    kit.command("review", "double")
    said = words_of(kit.command("solution", "double").out)
    assert "once you have seen it, the kata counts as not remembered." in said
    assert "return x * 2" not in said


def test_the_key_s_asks_once_and_then_shows(kit):
    kit.write("double", "return x + 1")
    with watching(kit.folder, "double") as terminal:
        terminal.sees("from save to verdict")
        terminal.press(b"s")
        terminal.sees("s again shows it.")
        assert words_of(EARLY.format(1)) in words_of(terminal.screen)
        terminal.press(b"l")
        terminal.sees("quadruple")
        terminal.press(b"s")
        terminal.sees("s again shows it.")
        assert not kit.events("solution")
        terminal.press(b"s")
        terminal.sees("return x * 2")
        assert len(kit.events("solution")) == 1
        terminal.press(b"q")
        assert terminal.end() == 0
