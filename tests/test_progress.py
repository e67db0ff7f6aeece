"""Progress is a pure fold of the journal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kits import SOLUTION, Toy, make_kit

from pytest_kata import journal
from pytest_kata.journal import Event
from pytest_kata.progress import KataProgress, current, fold, undoable


def events(*happened: Event | tuple, kata: str = "double") -> list[Event]:
    """Events a second apart: (event, fields) pairs, or Events as they are."""
    return [
        one if isinstance(one, Event) else Event(float(t), "learner", kata, one[0], **one[1])
        for t, one in enumerate(happened, start=1)
    ]


def started(sha256: str, **fields) -> tuple:
    return "started", {"sha256": sha256, **fields}


def finished(passed: int, tests: int = 2, outcome: str = "") -> tuple:
    outcome = outcome or ("passed" if passed == tests else "failed")
    return "finished", {"outcome": outcome, "passed": passed, "tests": tests}


def hint(level: int) -> tuple:
    return "hint", {"level": level}


SHOWN = ("solution", {})
PASS, FAIL = finished(2), finished(1)


def folded(*happened: Event | tuple) -> KataProgress:
    return fold(events(*happened))["double"]


# ------------------------------------------------------------------- attempts


def test_each_run_of_new_content_is_an_attempt():
    assert folded(started("a"), FAIL, started("b"), FAIL).attempts == 2


def test_the_same_bytes_again_are_no_attempt():
    assert folded(started("a"), FAIL, started("a"), FAIL, started("a")).attempts == 1


def test_an_untouched_starter_is_no_attempt():
    assert folded(started("s", untouched=True), finished(0)).attempts == 0


def test_back_to_the_starter_and_the_same_bytes_again_are_one_attempt():
    state = folded(started("a"), FAIL, started("s", untouched=True), FAIL, started("a"), FAIL)
    assert state.attempts == 1


def test_back_to_content_from_before_the_last_is_an_attempt_again():
    assert folded(started("a"), started("b"), started("a")).attempts == 3


def test_an_interrupted_run_is_an_attempt():
    state = folded(started("a"))
    assert (state.attempts, state.last_outcome) == (1, "interrupted")


def test_the_last_outcome_is_that_of_the_last_run():
    assert folded(started("a"), FAIL, started("b"), PASS).last_outcome == "passed"
    assert folded(started("a"), PASS, started("b"), FAIL).last_outcome == "failed"


def test_each_kata_has_its_own_progress():
    both = events(started("a"), FAIL) + events(started("a"), PASS, kata="halve")
    states = fold(both)
    assert (states["double"].attempts, states["double"].solved) == (1, False)
    assert (states["halve"].attempts, states["halve"].solved) == (1, True)


def test_no_events_are_no_progress():
    assert fold([]) == {}


def test_events_of_a_kind_nobody_knows_change_nothing():
    known = events(started("a"), FAIL)
    assert fold([*known, Event(9.0, "learner", "double", "danced")]) == fold(known)
    assert fold([Event(9.0, "learner", "double", "danced")]) == {}


# --------------------------------------------------------------------- solved


def test_solved_when_every_test_passes_in_one_run():
    state = folded(started("a"), FAIL, started("b"), PASS)
    assert (state.solved, state.solved_at, state.attempts_at_solve) == (True, 4.0, 2)
    assert (state.first_at, state.took) == (1.0, 3.0)


@pytest.mark.parametrize(
    "run",
    [
        finished(1, tests=2, outcome="passed"),
        finished(0, tests=0, outcome="passed"),
        finished(2, tests=2, outcome="failed"),
        finished(2, tests=2, outcome="interrupted"),
    ],
    ids=["some of the tests", "no tests", "failed", "interrupted"],
)
def test_a_run_that_did_not_pass_every_test_solves_nothing(run):
    assert not folded(started("a"), run).solved


def test_two_halves_do_not_make_a_whole():
    half = finished(1, tests=2, outcome="passed")
    assert not folded(started("a"), half, started("a"), half).solved


def test_solved_stays_solved():
    state = folded(started("a"), PASS, started("b"), FAIL, ("reset", {}), started("c"), FAIL)
    assert (state.solved_at, state.attempts_at_solve, state.attempts) == (2.0, 1, 3)


def test_an_untouched_kata_that_passes_is_solved_without_an_attempt():
    state = folded(started("s", untouched=True), PASS)
    assert (state.solved, state.attempts_at_solve) == (True, 0)


def test_help_before_the_solve_counts():
    state = folded(hint(1), hint(2), SHOWN, started("a"), PASS)
    assert (state.hints_at_solve, state.shown_at_solve) == (2, True)


def test_help_after_the_solve_does_not_count():
    state = folded(started("a"), PASS, hint(1), SHOWN, started("b"), PASS)
    assert (state.hints_at_solve, state.shown_at_solve) == (0, False)
    assert (state.hints, state.solution_shown) == (1, True)


def test_hints_are_the_highest_level_given():
    assert folded(hint(1), hint(3), hint(2)).hints == 3


# -------------------------------------------- order, duplicates and merging

EVENT = st.builds(
    Event,
    t=st.integers(0, 30).map(float),
    learner=st.just("learner"),
    kata=st.sampled_from(["double", "halve"]),
    event=st.sampled_from([*journal.EVENTS, *journal.ROUNDS, "danced"]),
    run=st.sampled_from(["", "r1", "r2", "r3"]),
    sha256=st.sampled_from(["", "a", "b", "c"]),
    untouched=st.booleans(),
    outcome=st.sampled_from(["", "passed", "failed", "interrupted"]),
    passed=st.integers(0, 2),
    tests=st.integers(0, 2),
    level=st.integers(0, 3),
)
EVENTS = st.lists(EVENT, max_size=20)


@given(EVENTS, st.data())
def test_the_order_of_events_does_not_matter(happened, data):
    assert fold(data.draw(st.permutations(happened))) == fold(happened)


@given(EVENTS, st.data())
def test_duplicates_do_not_matter(happened, data):
    again = data.draw(st.lists(st.sampled_from(happened), max_size=10)) if happened else []
    assert fold([*happened, *again]) == fold(happened)
    assert undoable([*happened, *again]) == undoable(happened)


@given(EVENTS, EVENTS)
def test_journals_merge_by_concatenation(one, other):
    text = [b"".join(map(journal.line, happened)) for happened in (one, other)]
    forth, back = (fold(journal.parse(a + b).events) for a, b in (text, text[::-1]))
    assert forth == back == fold([*one, *other])


@given(EVENTS)
def test_more_events_never_unsolve_a_kata(happened):
    happened.sort(key=lambda event: event.t)
    solved: dict[str, float | None] = {}
    for count in range(len(happened) + 1):
        states = fold(happened[:count])
        for kata, t in solved.items():
            assert states[kata].solved_at is not None
            assert states[kata].solved_at <= t
        solved = {kata: state.solved_at for kata, state in states.items() if state.solved}


@given(EVENTS)
def test_attempts_are_at_most_the_runs_of_changed_files(happened):
    runs = {e for e in happened if e.event == "started" and not e.untouched}
    for kata, state in fold(happened).items():
        assert state.attempts <= sum(run.kata == kata for run in runs)
        assert state.attempts_at_solve <= state.attempts


# -------------------------------------------------------------------- current


@pytest.fixture
def catalog(tmp_path):
    toys = Toy("double"), Toy("halve", learner=SOLUTION), Toy("third", track="02_next")
    return make_kit(tmp_path, *toys).catalog()


def name_of(kata):
    return kata and kata.id


def test_a_beginner_is_at_the_first_kata(catalog):
    assert name_of(current(catalog, {})) == "double"


def test_a_learner_is_at_the_unsolved_kata_attempted_last(catalog):
    states = {
        "double": KataProgress(attempts=1, last_at=5.0),
        "halve": KataProgress(attempts=1, last_at=3.0),
        "third": KataProgress(attempts=1, last_at=4.0),
    }
    assert name_of(current(catalog, states)) == "double"
    states["double"].solved_at = 5.0
    assert name_of(current(catalog, states)) == "third"


def test_without_attempts_a_learner_is_at_the_first_unsolved_kata(catalog):
    states = {
        "double": KataProgress(solved_at=1.0, last_at=1.0),
        "third": KataProgress(given={0: 2}),
    }
    assert name_of(current(catalog, states)) == "halve"


def test_whoever_has_solved_everything_is_nowhere(catalog):
    assert current(catalog, {kata.id: KataProgress(solved_at=1.0) for kata in catalog}) is None


def test_progress_of_katas_that_are_gone_is_passed_over(catalog):
    assert name_of(current(catalog, {"gone": KataProgress(last_at=9.0)})) == "double"


# ------------------------------------------------------------------- undoable


def put(event: str, t: float, run: str, kata: str = "double") -> Event:
    return Event(t, "learner", kata, event, run=run, sha256="a")


def test_a_reset_can_be_undone_once():
    reset = put("reset", 1, "r1")
    assert undoable([reset]) == [reset]
    assert undoable([reset, put("undo", 2, "r1")]) == []


def test_resets_are_undone_kata_by_kata():
    one, two = put("reset", 1, "r1"), put("reset", 1, "r1", "halve")
    assert undoable([one, two, put("undo", 2, "r1")]) == [two]


def test_resets_come_oldest_first_whatever_the_order_in_the_journal():
    old, new = put("reset", 1, "z"), put("reset", 2, "a")
    assert undoable([new, old]) == [old, new]


def test_undoing_the_newest_leaves_the_older_reset():
    old, new = put("reset", 1, "r1"), put("reset", 3, "r2")
    assert undoable([old, new, put("undo", 4, "r2")]) == [old]


def test_a_reset_after_an_undo_can_be_undone_again():
    again = put("reset", 3, "r2")
    assert undoable([put("reset", 1, "r1"), put("undo", 2, "r1"), again]) == [again]
