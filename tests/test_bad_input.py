"""Clocks that jump, names in any script, folders that are locked: one sentence, nothing lost."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator

import pytest
from kits import Toy, make_kit
from outside import events, kata, run
from watched import RIGHT, WRONG, file_of, watching

from pytest_kata.journal import Event, line

HOUR = 3600.0
NAMES = ["Zoë 🥋", "دانا", "\u202eevil", "👩‍💻", "名前", "a" * 200]
AHEAD = "which this machine's clock has not reached; nothing is lost"


def words_of(out: str) -> str:
    return " ".join(out.split())


def write(kit, *happened: Event) -> None:
    kit.journal.parent.mkdir(exist_ok=True)
    with kit.journal.open("ab") as journal:
        journal.write(b"".join(map(line, happened)))


def solved_at(t: float, kata: str = "double") -> tuple[Event, Event]:
    same = {"run": f"{kata}{t}", "sha256": f"{t}"}
    ended = {"outcome": "passed", "passed": 2, "tests": 2}
    return (
        Event(t, "learner", kata, "started", **same),
        Event(t + 1, "learner", kata, "finished", **same, **ended),
    )


# ------------------------------------------------------------------------ clocks


def test_a_clock_that_was_set_back_is_told_and_nothing_is_lost(kit):
    write(kit, *solved_at(time.time() + 40 * 24 * HOUR))
    for words in ([], ["list"], ["strength"], ["hint", "triple"]):
        result = kit.command(*words)
        assert result.status == 0
        assert words_of(result.out).count(AHEAD) == 1
    assert "double     easy         gold" in kit.command("list").out
    assert AHEAD in " ".join(json.loads(kit.command("list", "--json").out)["notes"])
    # What is done now comes after what was done by the wrong clock.
    kit.write("double", "return x + 1")
    out = kit.pytest("katas").out
    assert AHEAD in words_of(out)
    times = [event["t"] for event in kit.events() if event["kata"] == "double"]
    assert times == sorted(times)
    assert len(times) == 4


def test_an_hour_between_two_machines_summers_is_no_news(kit):
    write(kit, *solved_at(time.time() + 200))
    assert "clock" not in kit.command().out


def test_a_clock_set_forward_makes_reviews_due_and_takes_nothing(kit):
    write(kit, *solved_at(time.time() - 3000 * 24 * HOUR))
    assert "double     easy         gold" in kit.command("list").out
    assert "double: the starter again" in kit.command("review").out


@pytest.fixture
def challenge(kit) -> Iterator:
    """A challenge over the kata double, whose clock shows two minutes."""
    toml = kit.toml("double")
    toml.write_text(toml.read_text() + 'clock = "2:00"\n')
    return kit


def opened(kit, t: float) -> None:
    same = {"run": "R", "series": "S", "sha256": "0"}
    write(kit, Event(t, "learner", "", "challenge", run="S"))
    write(kit, Event(t + 0.001, "learner", "double", "opened", mode="challenge", **same))


def test_the_clock_of_a_challenge_gives_nothing_extra_after_a_jump_back(challenge):
    opened(challenge, time.time() + HOUR)
    out = challenge.command().out
    assert "2:00 remaining  attempts: 2 left" in out
    assert AHEAD in words_of(out)


def test_a_jump_forward_ends_it_and_keeps_the_work(challenge):
    challenge.write("double", "return x + 1")
    opened(challenge, time.time() - HOUR)
    out = challenge.command().out
    assert "double  time is up" in out
    assert "0 of 1 solved" in out
    assert "return x + 1" in challenge.file("double").read_text()


@pytest.mark.parametrize("zone", ["<+14>-14", "<-12>12", "Nowhere/At_All", ""])
def test_a_journal_means_the_same_in_every_time_zone(challenge, zone):
    opened(challenge, time.time() - 30)
    assert "1:" in challenge.command(TZ=zone).out.partition(" remaining")[0]
    assert "clock has not" not in challenge.command(TZ=zone).out


# ------------------------------------------------------------------------ two terminals


def test_a_watch_and_a_run_in_two_terminals_agree(tmp_path):
    root = make_kit(tmp_path, Toy("alpha"), Toy("bravo")).katas.parent
    with watching(root, "alpha") as terminal:
        terminal.sees("alpha  not started")
        file_of(root).write_text(WRONG)
        terminal.gets(WRONG, "failed")
        assert kata(root, "hint", "alpha").status == 0
        assert "attempt 1," in run(root).out
        terminal.press(b"h")
        terminal.sees("hint 2 of 3")
        file_of(root).write_text(RIGHT)
        terminal.sees("alpha  solved  silver  (2 attempts in 0:")
        terminal.press(b"q")
        assert terminal.end() == 0
    assert "silver" in kata(root, "list").out


# ------------------------------------------------------------------------ names


@pytest.mark.parametrize("name", NAMES)
def test_a_learner_of_any_name_has_a_journal_a_report_and_a_badge(kit, name):
    kit.solve("double")
    assert "double  solved  gold" in kit.pytest("katas", KATA_LEARNER=name).out
    assert {event["learner"] for event in kit.events()} == {name}
    assert "gold" in kit.command("list", KATA_LEARNER=name).out
    assert "gold" not in kit.command("list").out, "another learner's"
    for words in (["report"], ["report", "--svg"]):
        assert kit.command(*words, KATA_LEARNER=name).status == 0
    page = (kit.folder / "kata-report.html").read_text(encoding="utf-8")
    assert f"<bdi>{name}</bdi>" in page


def test_a_dojo_of_any_names_is_shown_and_written_down(tmp_path):
    root = make_kit(tmp_path, Toy("alpha"), Toy("bravo")).katas.parent
    names = "Zoë 🥋,دانا,名前"
    with watching(root, command=("dojo", "--names", names)) as terminal:
        terminal.sees("driver Zoë 🥋  navigator دانا  next 名前")
        file_of(root).write_text(RIGHT)
        terminal.gets(RIGHT, "passed")
        terminal.press(b"x")
        terminal.sees("driver دانا  navigator 名前  next Zoë 🥋")
        terminal.press(b"q")
        assert terminal.end() == 0
    assert {event.driver for event in events(root) if event.event == "started"} == {"Zoë 🥋"}


def test_names_cannot_steer_the_terminal(tmp_path):
    root = make_kit(tmp_path, Toy("alpha"), Toy("bravo")).katas.parent
    with watching(root, command=("dojo", "--names", "\x1b[2Jana,\u202eben")) as terminal:
        terminal.sees("alpha  not started")
        assert "driver \ufffd[2Jana  navigator \ufffdben" in terminal.screen
        terminal.press(b"q")
        assert terminal.end() == 0


# ------------------------------------------------------------------------ places


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_kit_that_may_not_be_written_still_judges(kit):
    kit.solve("double")
    kit.folder.chmod(0o500)
    try:
        result = kit.pytest("katas", "-p", "no:cacheprovider")
        assert "double  solved" in result.out
        assert "cannot be written (Permission denied)" in words_of(result.out)
        refused = kit.command("report")
        assert (refused.status, refused.err.count("\n")) == (1, 1)
    finally:
        kit.folder.chmod(0o700)


def test_a_kata_that_was_renumbered_keeps_its_medal_on_every_screen(kit):
    kit.solve("double")
    kit.pytest("katas")
    for top in (kit.katas, kit.solutions):
        (top / "01_first" / "01_double").rename(top / "01_first" / "09_double")
    assert "09  double" in kit.command("list").out
    assert "gold" in kit.command("list").out
    assert "1 of 2 solved" in kit.command().out
