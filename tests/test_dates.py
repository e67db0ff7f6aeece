"""Moments in words, whatever the clock, the zone and the journal say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_kata.dates import UNKNOWN, ago, day, duration, minute, until

DAY = 86_400.0
# 2026-03-01 12:00 in Greenwich
NOON = 1_772_366_400.0


@pytest.fixture
def zone(monkeypatch):
    """Sets the machine's time zone."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system has no tzset")

    def choose(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield choose
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("UTC", "2026-03-01 12:00"),
        ("<+14>-14", "2026-03-02 02:00"),
        ("<-11>11", "2026-03-01 01:00"),
        ("<+0545>-5:45", "2026-03-01 17:45"),
    ],
)
def test_dates_are_those_of_the_place(zone, name, shown):
    zone(name)
    assert minute(NOON) == shown
    assert day(NOON) == shown[:10]


def test_days_are_calendar_days_and_not_24_hours(zone):
    zone("CET-1CEST,M3.5.0,M10.5.0/3")
    late, early = 1_774_738_800.0, 1_774_742_400.0
    assert (minute(late), minute(early)) == ("2026-03-29 00:00", "2026-03-29 01:00")
    # The clocks go forward in that night: the next midnight is 23 hours away.
    assert ago(late, late + 22 * 3600) == "today"
    assert ago(late, late + 23 * 3600) == "yesterday"
    assert until(late + 23 * 3600, late) == "tomorrow"


def test_how_far_away():
    assert [ago(NOON - n * DAY, NOON) for n in (0, 1, 2, 400)] == [
        "today",
        "yesterday",
        "2 days ago",
        "400 days ago",
    ]
    assert [until(NOON + n * DAY, NOON) for n in (0, 1, 5, -1, -3)] == [
        "today",
        "tomorrow",
        "in 5 days",
        "since yesterday",
        "for 3 days",
    ]
    assert until(NOON + 400 * DAY, NOON) == f"on {day(NOON + 400 * DAY)}"


def test_what_lies_ahead_of_the_clock_is_told_by_its_date():
    assert ago(NOON + 30 * DAY, NOON) == f"on {day(NOON + 30 * DAY)}"


def test_durations():
    assert [duration(s) for s in (-5, 0, 7.4, 90, 3599.9, 7500, 172_799, 172_800)] == [
        "0:00",
        "0:00",
        "0:07",
        "1:30",
        "1 h 00",
        "2 h 05",
        "47 h 59",
        "2 days",
    ]


@given(st.floats(), st.floats())
def test_any_number_has_words(t, now):
    assert day(t) == UNKNOWN or len(day(t)) == 10
    assert minute(t)
    assert ago(t, now)
    assert until(t, now)
