"""Rounds and memory are pure folds of the journal."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kits import Toy, make_kit

from pytest_kata import journal
from pytest_kata.catalog import Catalog
from pytest_kata.journal import Event
from pytest_kata.memory import SHAKY, STRONG, WEAK, due_for_review, remember
from pytest_kata.rounds import (
    LATE,
    RUN_SECONDS,
    SOLVED,
    SPENT,
    Round,
    challenge_set,
    fold_rounds,
    now_playing,
)

DAY = 86_400.0
PASS = {"outcome": "passed", "passed": 2, "tests": 2}
FAIL = {"outcome": "failed", "passed": 1, "tests": 2}


def event(t: float, name: str, kata: str = "alpha", **fields) -> Event:
    return Event(t, "learner", kata, name, **fields)


def opened(t: float, kata: str = "alpha", run: str = "r", mode: str = "challenge", **more) -> Event:
    return event(t, "opened", kata, run=run, mode=mode, **more)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    toys = [Toy(name, facts={"clock": "2:00"}) for name in ("alpha", "bravo")]
    return make_kit(tmp_path, *toys, Toy("charlie")).catalog()


def only(*events: Event) -> Round:
    (one,) = fold_rounds(events).all
    return one


def test_attempts_count_from_the_start_of_the_round():
    one = only(
        event(1, "started", sha256="a"),
        event(2, "finished", **FAIL),
        opened(3),
        event(4, "started", sha256="s", untouched=True),
        event(5, "started", sha256="a"),
        event(6, "started", sha256="a"),
        event(7, "started", "bravo", sha256="b"),
        event(8, "started", sha256="b"),
    )
    assert one.attempts == 2


def test_time_runs_from_opened_to_solved():
    one = only(opened(10), event(11, "started", sha256="a"), event(40, "finished", **PASS))
    assert one.seconds == 30
    assert one.is_open


def test_part_of_the_tests_solves_nothing():
    assert (
        only(opened(1), event(2, "finished", outcome="passed", passed=1, tests=2)).seconds is None
    )


def test_what_comes_after_its_end_is_not_the_rounds(catalog):
    rounds = fold_rounds(
        [opened(1), event(2, "closed", run="r", outcome=SPENT), event(3, "finished", **PASS)]
    )
    assert (rounds.all[0].outcome, rounds.all[0].solved_at, rounds.open) == (SPENT, None, {})


@pytest.mark.parametrize(
    ("events", "now", "verdict"),
    [
        ([], 119, ""),
        ([], 120, LATE),
        ([event(50, "started", sha256="a"), event(51, "finished", **PASS)], 500, SOLVED),
        ([event(50, "started", sha256="a"), event(51, "finished", **FAIL)], 60, ""),
        # A run that began in time may come to its end, unless it was killed.
        ([event(110, "started", sha256="a")], 125, ""),
        ([event(110, "started", sha256="a")], 111 + RUN_SECONDS, LATE),
        (
            [event(n, "started", sha256=str(n)) for n in (10, 20)]
            + [event(21, "finished", **FAIL)],
            30,
            SPENT,
        ),
    ],
    ids=["on", "late", "solved", "failed", "running", "killed", "spent"],
)
def test_how_a_challenge_round_ends(catalog, events, now, verdict):
    assert only(opened(0.5), *events).verdict(catalog.find("alpha"), now + 0.5) == verdict


def test_a_review_has_no_clock(catalog):
    one = only(opened(1, mode="review"), event(2, "started", sha256="a"), event(3, "finished"))
    assert one.verdict(catalog.find("alpha"), 1e6) == ""


def test_a_clock_that_is_put_back_gives_nothing_extra(catalog):
    assert only(opened(1000)).remaining(catalog.find("alpha"), 10) == 120


def test_a_challenge_goes_on_in_order_and_counts_what_was_solved(catalog):
    rounds = fold_rounds(
        [
            event(1, "challenge", "", run="c", mode="first"),
            opened(2, run="one", series="c"),
            event(3, "finished", **PASS),
            event(4, "closed", run="one", outcome=SOLVED),
            opened(5, "bravo", run="two", series="c"),
            event(6, "closed", "bravo", run="two", outcome=LATE),
        ]
    )
    katas = challenge_set(catalog, "first")
    assert [kata.id for kata in katas] == ["alpha", "bravo"]
    assert rounds.challenge is rounds.challenges[0]
    assert (rounds.challenge.solved, rounds.challenge.next(katas)) == (1, None)


def test_the_challenge_is_played_before_a_review(catalog):
    rounds = fold_rounds([opened(1, "bravo", run="a"), opened(2, "alpha", run="b", mode="review")])
    assert now_playing(catalog, rounds) == catalog.find("bravo")


def test_the_best_time_is_kept():
    events = []
    for n, seconds in enumerate((50, 30, 40)):
        start = 1000.0 * (n + 1)
        events += [
            opened(start, run=str(n), mode="review"),
            event(start + seconds, "finished", **PASS),
            event(start + seconds + 1, "closed", run=str(n), outcome=SOLVED),
        ]
    assert fold_rounds(events).best("alpha") == 30


EVENT = st.builds(
    Event,
    t=st.integers(-5, 20).map(float) | st.floats(-1e12, 1e12, exclude_min=True, exclude_max=True),
    learner=st.just("learner"),
    kata=st.sampled_from(["alpha", "bravo", ""]),
    event=st.sampled_from([*journal.EVENTS, *journal.ROUNDS]),
    run=st.sampled_from(["", "r", "q"]),
    sha256=st.sampled_from("abc"),
    outcome=st.sampled_from(["", "passed", "failed", "solved", "late"]),
    passed=st.integers(0, 2),
    tests=st.integers(0, 2),
    level=st.integers(0, 3),
    mode=st.sampled_from(["", "challenge", "review"]),
    series=st.sampled_from(["", "r", "q"]),
)


@given(st.lists(EVENT, max_size=15), st.randoms(use_true_random=False))
def test_order_and_duplicates_do_not_matter(events: list[Event], chance: random.Random):
    again = events + [one for one in events if chance.random() < 0.5]
    chance.shuffle(again)
    assert fold_rounds(again) == fold_rounds(events)


# ---------------------------------------------------------------------- memory


def solved(t: float, attempts: int = 1, **more) -> list[Event]:
    return [
        *(event(t - 10 + n, "started", sha256=str(n)) for n in range(attempts)),
        event(t, "finished", **PASS),
    ]


def memory_of(catalog: Catalog, events: list[Event], now: float):
    return next(m for m in remember(catalog, events, now) if m.kata.id == "alpha")


def test_what_was_never_solved_is_weak_and_never_due(catalog):
    memory = memory_of(catalog, [event(1, "started", sha256="a")], 1e6)
    assert (memory.strength, memory.due, memory.recall) == (WEAK, None, 0.0)


def test_gold_is_strong_and_fades(catalog):
    events = solved(1e6)
    strengths = [memory_of(catalog, events, 1e6 + days * DAY).strength for days in (1, 9, 400)]
    assert strengths == [STRONG, SHAKY, WEAK]


def test_silver_is_shaky_and_bronze_weak_after_a_while(catalog):
    hinted = [event(1, "hint", level=1), *solved(1e6)]
    shown = [event(1, "solution"), *solved(1e6)]
    assert memory_of(catalog, hinted, 1e6 + 60).strength == SHAKY
    assert memory_of(catalog, shown, 1e6 + 5 * DAY).strength == WEAK
    order = [memory_of(catalog, events, 1e6).due for events in (shown, hinted, solved(1e6))]
    assert order == sorted(order)


def test_a_review_that_is_solved_puts_the_next_one_off(catalog):
    events = solved(1e6)
    first = memory_of(catalog, events, 1e6).due
    events += [
        opened(first, mode="review"),
        event(first + 30, "started", sha256="x"),
        event(first + 31, "finished", **PASS),
        event(first + 32, "closed", run="r", outcome=SOLVED),
    ]
    assert memory_of(catalog, events, first + 40).due - first > first - 1e6
    events[-1] = replace_outcome(events[-1], "left")
    memory = memory_of(catalog, events, first + 40)
    assert memory.due - first <= 2 * DAY
    assert memory.strength != STRONG


def replace_outcome(one: Event, outcome: str) -> Event:
    return one._replace(outcome=outcome)


def test_due_ones_come_oldest_and_hardest_first(catalog):
    alpha, bravo, charlie = remember(catalog, solved(1e6), 1e6)
    memories = [
        replace(alpha, due=5 * DAY, difficulty=1.0),
        replace(bravo, due=5 * DAY + 60, difficulty=9.0),
        replace(charlie, due=2 * DAY, difficulty=1.0),
    ]
    assert [m.kata.id for m in due_for_review(memories, 6 * DAY)] == ["charlie", "bravo", "alpha"]
    assert [m.kata.id for m in due_for_review(memories, 3 * DAY)] == ["charlie"]


@given(st.lists(EVENT, max_size=12), st.floats(-1e13, 1e13))
def test_no_journal_is_too_odd(events: list[Event], now: float):
    catalog = Catalog((ALPHA,))
    (memory,) = remember(catalog, events, now)
    assert 0 <= memory.recall <= 1


def _alpha():
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return make_kit(Path(folder), Toy("alpha", facts={"clock": "2:00"})).catalog().find("alpha")


ALPHA = _alpha()
