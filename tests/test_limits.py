"""How long learner code may run, in a factor and in words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pytest_kata import limits


@pytest.fixture(autouse=True)
def measured_anew():
    limits.machine_factor.cache_clear()
    yield
    limits.machine_factor.cache_clear()


@pytest.fixture
def clock(monkeypatch):
    """`clock(seconds)`: the reference loop takes this long; its readings are counted."""
    readings: list[float] = []

    def set_to(seconds: float) -> list[float]:
        def read() -> float:
            readings.append(0.0)
            return 100.0 + seconds * (len(readings) - 1)

        monkeypatch.setattr(limits, "time", SimpleNamespace(perf_counter=read))
        return readings

    monkeypatch.setattr(limits, "_ROUNDS", 1)
    return set_to


@pytest.mark.parametrize(("took", "factor"), [(0.05, 1.0), (0.1, 2.0), (1.0, 20.0), (0.01, 1.0)])
def test_a_machine_is_as_many_times_slower_as_the_loop_took_longer(clock, took, factor):
    clock(took)
    assert limits.machine_factor() == pytest.approx(factor)


def test_a_machine_is_measured_once(clock):
    readings = clock(0.1)
    assert limits.machine_factor() == limits.machine_factor()
    assert len(readings) == 2


def test_this_machine_is_never_faster_than_the_reference():
    assert limits.machine_factor() >= 1.0


@pytest.mark.parametrize(
    ("seconds", "factor", "used", "words"),
    [
        (2.0, 1.0, 2.04, "limit 2 s; your code ran 2.0 s"),
        (0.5, 1.09, 1.5, "limit 0.5 s; your code ran 1.5 s"),
        (2, 3.16, 7.31, "limit 2 s × 3.2, this machine is busy; your code ran 7.3 s"),
        (2, 1.1, 3, "limit 2 s × 1.1, this machine is busy; your code ran 3.0 s"),
    ],
)
def test_a_limit_is_told_with_the_factor_where_it_counts(seconds, factor, used, words):
    assert limits.words(seconds, factor, used) == words
