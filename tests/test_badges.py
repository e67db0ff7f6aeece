"""Which medal a solved kata earned, and which badges a set of them."""

from __future__ import annotations

import pytest
from kits import Toy, make_kit

from pytest_kata.badges import CHALLENGE_WON, CORE, MASTER, badges, medal, proven_at
from pytest_kata.journal import Event
from pytest_kata.progress import KataProgress
from pytest_kata.rounds import CHALLENGE, SOLVED, Challenge, Round


@pytest.fixture
def kata(tmp_path):
    """Gold takes two attempts."""
    return make_kit(tmp_path, Toy(facts={"attempts": 2})).catalog().find("double")


def solved(attempts=1, hints=0, shown=False):
    return KataProgress(
        solved_at=1.0,
        attempts_at_solve=attempts,
        hints_at_solve=hints,
        shown_at_solve=shown,
    )


@pytest.mark.parametrize(
    ("progress", "won"),
    [
        (KataProgress(), ""),
        (KataProgress(attempts=1, given={0: 1}, solution_shown=True), ""),
        (solved(attempts=0), "gold"),
        (solved(attempts=2), "gold"),
        (solved(attempts=3), "silver"),
        (solved(hints=1), "silver"),
        (solved(attempts=3, hints=3), "silver"),
        (solved(shown=True), "bronze"),
        (solved(attempts=3, hints=1, shown=True), "bronze"),
    ],
)
def test_the_medal_follows_from_how_it_was_solved(kata, progress, won):
    assert medal(kata, progress) == won


def test_what_happens_after_the_solve_costs_no_medal(kata):
    later = solved()
    later.attempts, later.given, later.solution_shown = 9, {0: 3}, True
    assert medal(kata, later) == "gold"


def test_a_track_has_a_badge_for_all_of_its_katas(tmp_path):
    toys = Toy("double", "02_fine_tuning"), Toy("halve", "02_fine_tuning"), Toy("third", "03_more")
    catalog = make_kit(tmp_path, *toys).catalog()
    states = {"double": solved(), "halve": KataProgress(attempts=1)}
    one, other = badges(catalog, states)
    assert (one.name, one.solved, one.needed, one.earned) == ("Fine tuning", 1, 2, False)
    assert (other.name, other.solved, other.needed, other.earned) == ("More", 0, 1, False)
    states |= {"halve": solved(), "gone": solved()}
    assert [badge.earned for badge in badges(catalog, states)] == [True, False]


def test_the_masters_badge_asks_for_the_ten_core_katas_shipped_or_not(tmp_path):
    catalog = make_kit(tmp_path, Toy("warm_up", "01_core"), Toy("accuracy", "01_core")).catalog()
    states = {"warm-up": solved(), "accuracy": solved()}
    (badge,) = badges(catalog, states)
    assert (badge.name, badge.solved, badge.needed) == (MASTER, 1, 10)
    assert not badge.earned
    everything = {id: solved() for id in CORE}
    (badge,) = badges(catalog, everything)
    assert (badge.earned, badge.is_due) == (False, True)
    proven = [Event(t, "ana", "", "badge", mode=MASTER) for t in (7.0, 5.0, 5.0)]
    (badge,) = badges(catalog, everything, proven_at(proven))
    assert (badge.earned, badge.is_due, badge.earned_at) == (True, False, 5.0)


def a_challenge(*outcomes: str) -> Challenge:
    katas = ("double", "halve")
    return Challenge(
        "S",
        "",
        0.0,
        [
            Round(f"R{at}", kata, CHALLENGE, "S", "", 0.0, solved_at=10.0 + at, outcome=outcome)
            for at, (kata, outcome) in enumerate(zip(katas, outcomes, strict=False))
        ],
    )


def test_the_challenges_badge_asks_for_all_katas_with_a_clock_in_one_challenge(tmp_path):
    toys = (
        Toy("double", facts={"clock": "2:00"}),
        Toy("halve", facts={"clock": "2:00"}),
        Toy("third"),
    )
    catalog = make_kit(tmp_path, *toys).catalog()
    half, other_half = a_challenge(SOLVED, "late"), a_challenge("spent", SOLVED)
    _, badge = badges(catalog, {}, challenges=[half, other_half])
    assert (badge.name, badge.solved, badge.needed) == (CHALLENGE_WON, 1, 2)
    assert not badge.earned
    _, badge = badges(catalog, {}, challenges=[half, a_challenge(SOLVED, SOLVED), other_half])
    assert (badge.solved, badge.earned_at, badge.is_due) == (2, 11.0, False)


def test_the_core_has_ten_katas_of_different_names():
    assert len(set(CORE)) == len(CORE) == 10
