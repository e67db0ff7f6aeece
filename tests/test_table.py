"""The table of plain values: what `--json` prints and the report is drawn from."""

from __future__ import annotations

import json
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kits import Toy, make_kit
from toys import ROOT

from pytest_kata import rows, table
from pytest_kata.catalog import Catalog
from pytest_kata.journal import Event
from pytest_kata.progress import fold

DAY = 86_400.0
NOW = 1_772_366_400.0
PASS = {"outcome": "passed", "passed": 2, "tests": 2}
FAIL = {"outcome": "failed", "passed": 1, "tests": 2}


def event(t: float, name: str, kata: str = "alpha", **fields) -> Event:
    return Event(t, "learner", kata, name, **fields)


def ran(t: float, sha: str, kata: str = "alpha", ended: dict | None = None, **fields):
    """One run from its start to its end; killed if it has no end."""
    start = event(t, "started", kata, run=f"{kata}{t}", sha256=sha, **fields)
    if ended is None:
        return [start]
    return [start, event(t + 1, "finished", kata, run=f"{kata}{t}", sha256=sha, **ended)]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory) -> Catalog:
    """Three katas of two concepts, and one that passes as shipped."""
    toys = [
        Toy("warm", facts={"concept": "warming up", "passes_as_shipped": True}),
        Toy("alpha", facts={"concept": "letters", "clock": "2:00"}),
        Toy("bravo", facts={"concept": "letters", "kind": ["debug", "tune"]}),
        Toy("charlie", facts={"concept": "words"}),
    ]
    return make_kit(tmp_path_factory.mktemp("kit"), *toys).catalog()


def test_a_kata_is_told_with_all_that_happened_to_it(catalog):
    events = [
        *ran(NOW - 9 * DAY, "a", ended=FAIL),
        event(NOW - 8 * DAY, "hint", level=1),
        event(NOW - 8 * DAY + 1, "hint", level=2),
        *ran(NOW - 7 * DAY, "b", ended=PASS),
        event(NOW - 6 * DAY, "solution"),
    ]
    row = table.report(catalog, events, {"bravo"}, NOW)["katas"][1]
    due, recall = row.pop("due"), row.pop("recall")
    assert row == {
        "id": "alpha",
        "title": "Twice a number",
        "concept": "letters",
        "kinds": ["implement"],
        "level": "easy",
        "track": "01_first",
        "file": "01_first/02_alpha/alpha.py",
        "status": "solved",
        "medal": "silver",
        "attempts": 2,
        "hints": 2,
        "hints_in_all": 3,
        "solution_shown": True,
        "solved_at": NOW - 7 * DAY + 1,
        "last_at": NOW - 7 * DAY + 1,
        "clock": 120,
        "best": None,
        "strength": "shaky",
    }
    assert 0.7 < recall < 0.9
    assert due < NOW


def test_what_was_touched_or_tried_is_in_progress(catalog):
    rows = table.listing(catalog, ran(NOW, "a"), {"bravo"}, NOW)["katas"]
    assert [(row["id"], row["status"]) for row in rows] == [
        ("warm", "not started"),
        ("alpha", "in progress"),
        ("bravo", "in progress"),
        ("charlie", "not started"),
    ]


def test_a_kata_that_is_gone_keeps_what_was_done(catalog):
    events = [*ran(NOW - DAY, "x", "zulu", PASS), event(NOW, "hint", "zulu", level=2)]
    whole = table.report(catalog, events, set(), NOW)
    row = whole["katas"][-1]
    assert (row["id"], row["status"], row["attempts"], row["hints"]) == ("zulu", "gone", 1, 2)
    assert row["solved_at"] == NOW - DAY + 1
    assert [one["kata"] for one in whole["attempts"]] == ["zulu"]
    assert "zulu" not in json.dumps(table.listing(catalog, events, set(), NOW))


def test_an_attempt_is_a_content_and_ends_as_its_last_run_did(catalog):
    events = [
        *ran(1, "s", untouched=True, ended=FAIL),
        *ran(10, "a", driver="ada"),
        *ran(20, "a", ended=FAIL),
        *ran(30, "b", ended=PASS),
        *ran(40, "b", "bravo"),
    ]
    rows = table.attempts(events)
    assert [(row["t"], row["kata"], row["outcome"], row["driver"]) for row in rows] == [
        (10, "alpha", "failed", "ada"),
        (30, "alpha", "passed", ""),
        (40, "bravo", "interrupted", ""),
    ]


runs = st.lists(
    st.tuples(st.integers(0, 50), st.sampled_from("ab"), st.sampled_from(["alpha", "zulu"])),
    max_size=20,
)


@given(runs, st.randoms(use_true_random=False))
def test_attempts_are_counted_as_progress_counts_them_in_any_order(these, chance):
    events = [one for t, sha, kata in these for one in ran(t, sha, kata, FAIL)]
    shuffled = chance.sample(events, len(events)) + events[:3]
    counts = {kata: state.attempts for kata, state in fold(events).items()}
    rows = table.attempts(shuffled)
    assert {kata: sum(row["kata"] == kata for row in rows) for kata in counts} == counts
    assert rows == table.attempts(events)


def test_a_concept_is_as_strong_as_its_weakest_kata(catalog):
    solved = ran(NOW - 3600, "a", ended=PASS)
    (letters, words) = table.concepts(catalog, solved, NOW)
    assert (letters["concept"], letters["strength"], letters["practise"]) == (
        "letters",
        "weak",
        "bravo",
    )
    assert (letters["solved"], letters["katas"]) == (1, ["alpha", "bravo"])
    assert words["attempts"] == 0
    both = [*solved, *ran(NOW - 3600, "b", "bravo", PASS)]
    (words, letters) = table.concepts(catalog, both, NOW)
    assert (words["strength"], letters["strength"]) == ("weak", "strong")


def test_weakest_first_and_of_the_weak_what_was_solved_once(catalog):
    events = [*ran(NOW - 200 * DAY, "c", "charlie", PASS), *ran(NOW, "a", ended=FAIL)]
    assert [row["concept"] for row in table.concepts(catalog, events, NOW)] == ["words", "letters"]


def test_what_passes_as_shipped_has_no_strength(catalog):
    whole = table.report(catalog, ran(NOW, "w", "warm", PASS), set(), NOW)
    assert "warming up" not in [row["concept"] for row in whole["concepts"]]
    assert whole["katas"][0]["strength"] == ""


def a_challenge(t: float) -> list[Event]:
    return [
        event(t, "challenge", "", run="S", mode="first"),
        event(t, "opened", run="S1", mode="challenge", series="S"),
        *ran(t + 40, "a", ended=PASS),
        event(t + 42, "closed", run="S1", mode="challenge", outcome="solved"),
        event(t + 43, "opened", "zulu", run="S2", mode="challenge", series="S"),
        event(t + 200, "closed", "zulu", run="S2", mode="challenge", outcome="late"),
        event(t + 201, "closed", "", run="S"),
    ]


def test_rounds_are_told_with_score_and_time(catalog):
    events = [
        *a_challenge(NOW - 2 * DAY),
        event(NOW - DAY, "opened", run="R", mode="review"),
        *ran(NOW - DAY + 20, "b", ended=PASS),
    ]
    whole = table.report(catalog, events, set(), NOW)
    (challenge,) = whole["challenges"]
    assert (challenge["solved"], challenge["katas"], challenge["ended"]) == (1, 2, True)
    assert [(one["kata"], one["outcome"], one["seconds"]) for one in challenge["rounds"]] == [
        ("alpha", "solved", 41),
        ("zulu", "late", None),
    ]
    (review,) = whole["reviews"]
    assert (review["kata"], review["outcome"], review["seconds"]) == ("alpha", "open", 21)
    assert whole["katas"][1]["best"] == 21


def test_order_and_duplicates_do_not_matter(catalog):
    events = [*a_challenge(NOW - 2 * DAY), *ran(NOW - DAY, "c", "charlie", PASS)]
    shuffled = random.Random(1).sample(events, len(events)) + events[::2]
    assert table.report(catalog, shuffled, set(), NOW) == table.report(catalog, events, set(), NOW)


@pytest.mark.parametrize("t", [-1e11, 0.0, NOW + 400 * DAY, 9.9e11])
def test_a_wrong_clock_loses_nothing(catalog, t):
    whole = table.report(catalog, ran(t, "a", ended=PASS), set(), NOW)
    assert whole["katas"][1]["status"] == "solved"
    assert whole["attempts"][0]["t"] == t
    json.dumps(whole, allow_nan=False)


def test_every_field_is_documented():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    words = set(re.findall(r"`(\w+)`", readme.partition("## For programs")[2]))
    all_rows = (
        rows.Table,
        rows.KataRow,
        rows.ConceptRow,
        rows.BadgeRow,
        rows.AttemptRow,
        rows.LossRow,
        rows.RoundRow,
        rows.ChallengeRow,
    )
    missing = {name for row in all_rows for name in row.__annotations__} - words
    assert not missing


def test_the_format_and_its_fields_are_a_promise(catalog):
    """Whoever changes these raises the format, and says so in the README."""
    whole = table.report(catalog, a_challenge(NOW), set(), NOW)
    assert whole["format"] == 1
    assert list(whole) == list(rows.Table.__annotations__)
    for name, row in (
        ("katas", rows.KataRow),
        ("concepts", rows.ConceptRow),
        ("badges", rows.BadgeRow),
        ("attempts", rows.AttemptRow),
        ("challenges", rows.ChallengeRow),
    ):
        assert list(whole[name][0]) == list(row.__annotations__)
