"""Challenge, review and dojo: the real commands, pytest and the watch on a pseudo-terminal."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest
from kits import STARTER, Toy
from outside import events, kata, kit, run
from watched import RIGHT, WRONG, Terminal, file_of, watching

from pytest_kata.catalog import KitError
from pytest_kata.journal import Event, Journal, line
from pytest_kata.replay import Replay
from pytest_kata.workspace import Workspace

CLOCK = {"clock": "2:00"}
SHIPPED = STARTER.replace("double", "alpha")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    toys = [Toy(name, facts=CLOCK) for name in ("alpha", "bravo")]
    return kit(tmp_path, *toys, Toy("charlie"))


def replay(root: Path) -> Replay:
    workspace = Workspace.at(root / "katas")
    return Replay(workspace, workspace.catalog(), Journal(workspace.journal))


def told(root: Path, name: str) -> list[tuple[str, str]]:
    return [(event.kata, event.outcome) for event in events(root) if event.event == name]


def write_event(root: Path, t: float, event: str, **fields) -> None:
    """An event of an earlier day."""
    journal = root / ".kata" / "journal.jsonl"
    journal.parent.mkdir(exist_ok=True)
    with journal.open("ab") as file:
        file.write(line(Event(t, "learner", "alpha", event, **fields)))


def solve_long_ago(root: Path, days: float) -> None:
    then = time.time() - days * 86_400
    write_event(root, then, "started", run="old", sha256="x")
    passed = {"outcome": "passed", "passed": 2, "tests": 2}
    write_event(root, then + 1, "finished", run="old", sha256="x", **passed)


# ------------------------------------------------------------------- the challenge


def test_a_challenge_from_its_rules_to_its_score(root: Path) -> None:
    file = file_of(root)
    file.write_text(WRONG)
    begun = kata(root, "challenge")
    assert begun.status == 0
    assert "2:00  2 attempts" in begun.out
    assert "challenge  1 of 2  alpha  2:00 remaining  attempts: 2 left" in begun.out
    assert file.read_text() == SHIPPED

    file.write_text(WRONG + "# again\n")
    failed = run(root, "--kata-challenge")
    assert failed.status == 1
    assert "attempts: 1 left" in failed.out
    assert "4 deselected" in failed.out

    file.write_text(RIGHT)
    solved = run(root)
    assert "alpha  solved in 0:0" in solved.out
    assert "Now: bravo  2:00, 2 attempts" in solved.out
    assert "challenge  2 of 2  bravo" in solved.out
    # What was there before has come back.
    assert "your best time; your earlier work is back" in solved.out
    assert file.read_text() == WRONG

    bravo = file_of(root, "bravo")
    for number in range(2):
        bravo.write_text(WRONG.replace("alpha", "bravo") + f"# {number}\n")
        spent = run(root, "--kata-challenge")
    assert "bravo  no attempt left" in spent.out
    assert "Challenge over:" in spent.out
    assert "1 of 2 solved" in spent.out
    assert told(root, "closed") == [("alpha", "solved"), ("bravo", "spent"), ("", "")]
    assert "challenge" not in run(root).out


def test_pytest_shows_the_rules_of_the_challenge_that_it_begins(root: Path) -> None:
    begun = run(root, "--kata-challenge").out
    assert "A challenge" in begun
    assert "bravo  2:00  2 attempts" in begun
    assert begun.index("It runs on while you are away") < begun.index("challenge  1 of 2  alpha")
    assert "A challenge" not in run(root, "--kata-challenge").out


def test_all_solved_is_won(root: Path) -> None:
    kata(root, "challenge", "first")
    for name in ("alpha", "bravo"):
        file_of(root, name).write_text(RIGHT.replace("alpha", name))
        done = run(root, "--kata-challenge")
    assert "Challenge won" in done.out
    assert "Challenge  earned\n  It stands for 2 katas from a fresh copy" in done.out
    assert 'kata report --badge "Challenge" draws it' in done.out
    assert "kata-badge.svg" in kata(root, "report", "--badge", "Challenge").out
    assert "Challenge  earned" not in run(root).out, "it is celebrated once"
    assert "earlier work" not in done.out
    # There was no work before, so the solution stays.
    assert file_of(root).read_text() == RIGHT


def test_who_has_solved_all_hears_of_the_challenge_until_it_is_won(root: Path) -> None:
    for name in ("alpha", "bravo", "charlie"):
        file_of(root, name).write_text(RIGHT.replace("alpha", name))
    assert "all katas are solved; kata challenge has one more badge." in run(root).out
    kata(root, "challenge")
    for name in ("alpha", "bravo"):
        file_of(root, name).write_text(RIGHT.replace("alpha", name))
        done = run(root)
    assert "all katas are solved; kata review keeps them fresh." in done.out


def test_what_is_late_is_not_run(root: Path) -> None:
    begin = replay(root)
    one = begin.begin_challenge("")
    news = begin.settle(one.opened_at + 119)
    assert not news.closed
    news = begin.settle(one.opened_at + 121)
    assert [(r.kata, r.outcome) for r in news.closed] == [("alpha", "late")]
    assert news.opened.kata == "bravo"


def test_it_is_resumed_where_it_was(root: Path) -> None:
    kata(root, "challenge")
    again = kata(root, "challenge")
    assert "A challenge" not in again.out
    assert "challenge  1 of 2  alpha" in again.out
    assert "challenge  1 of 2  alpha" in kata(root).out
    other = kata(root, "challenge", "nowhere")
    assert (other.status, "another challenge is under way" in other.out) == (1, True)


def test_no_hints_and_no_solutions(root: Path) -> None:
    kata(root, "challenge")
    for words in (("hint",), ("solution", "alpha")):
        refused = kata(root, *words)
        assert refused.status == 1
        assert "in a challenge" in refused.out
    # Of another kata, why not.
    assert kata(root, "hint", "charlie").status == 0


def test_stopped_it_brings_the_work_back(root: Path) -> None:
    file_of(root).write_text(WRONG)
    kata(root, "challenge")
    file_of(root).write_text("half a thought")
    stopped = kata(root, "challenge", "--stop")
    assert "alpha: left; your earlier work is back." in stopped.out
    assert file_of(root).read_text() == WRONG
    (closed,) = [e for e in events(root) if e.event == "closed" and e.kata]
    archived = root / ".kata" / "archive" / f"{closed.sha256}.py"
    assert archived.read_text() == "half a thought"
    assert "There is no challenge" in kata(root, "challenge", "--stop").out


@pytest.mark.parametrize("words", [("challenge",), ("review", "alpha")])
def test_stopped_without_earlier_work_it_says_that_what_was_written_stays(
    root: Path, words: tuple[str, ...]
) -> None:
    solve_long_ago(root, days=30)
    for written, said in ((SHIPPED, "alpha: left."), (WRONG, "alpha: left; what you wrote stays.")):
        kata(root, *words)
        file_of(root).write_text(written)
        assert said in kata(root, words[0], "--stop").out
        assert file_of(root).read_text() == written


def test_a_set_without_clocks(root: Path) -> None:
    refused = kata(root, "challenge", "secnod")
    assert refused.status == 1
    assert "no set 'secnod' of katas with a clock; tracks: first" in refused.out
    assert (
        "no set 'frist' of katas with a clock; did you mean first?"
        in kata(root, "challenge", "frist").out
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_without_a_record_nothing_is_changed(root: Path) -> None:
    file_of(root).write_text(WRONG)
    home = root / ".kata"
    home.mkdir()
    home.chmod(0o500)
    with pytest.raises(KitError, match="nothing was changed"):
        replay(root).begin_challenge("")
    assert file_of(root).read_text() == WRONG


def test_a_home_that_is_a_file(root: Path) -> None:
    file_of(root).write_text(WRONG)
    (root / ".kata").write_text("")
    refused = kata(root, "challenge")
    assert refused.status == 1
    assert "Traceback" not in refused.out
    assert file_of(root).read_text() == WRONG


def test_a_power_cut_before_the_starter_was_laid(root: Path, monkeypatch) -> None:
    file_of(root).write_text(WRONG)
    cut = replay(root)
    monkeypatch.setattr(cut, "_lay", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        cut.begin_challenge("")
    kata(root, "challenge", "--stop")
    assert file_of(root).read_text() == WRONG


def test_a_kata_that_is_gone_ends_its_round(root: Path) -> None:
    kata(root, "challenge")
    (root / "katas" / "01_first" / "01_alpha" / "kata.toml").unlink()
    done = kata(root)
    assert "alpha  left unsolved" in done.out
    assert "Traceback" not in done.out


def test_it_is_for_the_learners_own_files(root: Path) -> None:
    done = run(root, "--kata-challenge", "--kata-source=solution")
    assert done.status == 4
    assert not (root / ".kata").exists()


def test_the_watch_counts_down_and_moves_on(root: Path) -> None:
    kata(root, "challenge")
    with watching(root) as terminal:
        terminal.sees("challenge  1 of 2  alpha")
        shown = terminal.screen
        terminal.until(lambda: clock_of(terminal) < clock_of_text(shown), "a clock that ticks")
        file_of(root).write_text(WRONG)
        terminal.sees("attempts: 1 left")
        terminal.press(b"h")
        terminal.sees("no hints in a challenge")
        terminal.sees("q quit")
        file_of(root).write_text(RIGHT)
        terminal.sees("Now: bravo")
        terminal.sees("challenge  2 of 2  bravo")
        # The challenge has gone on to the next; there is none after that.
        assert "n for the next" not in terminal.screen
        terminal.press(b"n")
        terminal.sees("bravo  not started")
        file_of(root, "bravo").write_text(RIGHT.replace("alpha", "bravo"))
        terminal.sees("Challenge won")
        terminal.rests()
        # What was laid by the kit is no save.
        assert len(terminal.finished()) == 3
        terminal.press(b"q")
        assert terminal.end() == 0


def test_in_a_low_window_the_clock_ticks_below_and_nothing_scrolls(root: Path) -> None:
    kata(root, "challenge")
    with watching(root) as terminal:
        terminal.sees("challenge  1 of 2  alpha")
        file_of(root).write_text(WRONG)
        terminal.sees("attempts: 1 left")
        terminal.resize(8, 100)
        terminal.until(lambda: terminal.screen.rstrip().endswith("solved: 0"), "a clock below")
        drawn = terminal.shown.count("\x1b[H")
        lines = terminal.shown.count("\n")
        clocks = re.compile(r"\d:\d\d remaining")
        terminal.until(lambda: len(set(clocks.findall(terminal.screen))) > 2, "a clock that ticks")
        assert terminal.shown.count("\x1b[H") == drawn
        assert terminal.shown.count("\n") == lines
        terminal.resize(40, 100)
        terminal.until(lambda: terminal.screen.startswith("challenge"), "a clock above")


def test_time_runs_out_in_the_watch(tmp_path: Path) -> None:
    root = kit(tmp_path, Toy("alpha", facts={"clock": "0:02"}), Toy("bravo", facts=CLOCK))
    file_of(root).write_text(WRONG)
    kata(root, "challenge")
    with watching(root) as terminal:
        terminal.sees("alpha  time is up")
        terminal.sees("challenge  2 of 2  bravo")
        terminal.rests()
        assert terminal.finished() == []
        assert file_of(root).read_text() == WRONG


def test_what_ran_out_before_the_watch_is_told_by_it(tmp_path: Path) -> None:
    root = kit(tmp_path, Toy("alpha", facts={"clock": "0:01"}), Toy("bravo", facts=CLOCK))
    replay(root).begin_challenge("")
    time.sleep(1.1)
    with watching(root) as terminal:
        terminal.sees("alpha  time is up")
        terminal.sees("challenge  2 of 2  bravo")


def clock_of_text(screen: str) -> int:
    minutes, _, seconds = screen.partition(" remaining")[0].rpartition("  ")[2].partition(":")
    return int(minutes) * 60 + int(seconds)


def clock_of(terminal: Terminal) -> int:
    try:
        return clock_of_text(terminal.screen)
    except ValueError:
        return 10_000


# ------------------------------------------------------------------------- reviews


def test_a_review_when_it_is_due(root: Path) -> None:
    assert "Nothing is solved yet" in kata(root, "review").out
    solve_long_ago(root, days=0)
    assert re.search(
        r"Nothing is due; alpha will be (tomorrow|in \d days)\.", kata(root, "review").out
    )
    solve_long_ago(root, days=30)
    file_of(root).write_text(RIGHT)
    begun = kata(root, "review")
    assert "alpha: the starter again" in begun.out
    assert file_of(root).read_text() == SHIPPED
    assert "review  alpha  0:0" in kata(root).out

    file_of(root).write_text(RIGHT + "# by heart\n")
    done = run(root)
    assert "alpha  solved in 0:0" in done.out
    assert file_of(root).read_text() == RIGHT
    assert "Nothing is due" in kata(root, "review").out


def test_a_review_that_is_under_way_goes_on_by_whichever_words(root: Path) -> None:
    solve_long_ago(root, days=30)
    kata(root, "review")
    file_of(root).write_text(WRONG)
    for words in ((), ("alpha",), ("ALPHA",), ("--random",)):
        again = kata(root, "review", *words)
        assert "review  alpha  0:" in again.out
        assert "the starter again" not in again.out
    assert file_of(root).read_text() == WRONG
    assert told(root, "opened") == [("alpha", "")]


def test_in_a_review_hints_begin_anew(root: Path) -> None:
    for _ in range(2):
        kata(root, "hint", "alpha")
    solve_long_ago(root, days=30)
    kata(root, "review", "alpha")
    assert "hint 1 of 3" in kata(root, "hint").out
    assert "hint 2 of 3" in kata(root, "hint").out


def test_a_review_by_name_at_random_or_not_at_all(root: Path) -> None:
    refused = kata(root, "review", "bravo")
    assert (refused.status, "was never solved" in refused.out) == (1, True)
    solve_long_ago(root, days=0)
    assert "alpha: the starter again" in kata(root, "review", "--random").out
    stopped = kata(root, "review", "--stop")
    assert "alpha: left" in stopped.out
    assert told(root, "closed") == [("alpha", "left")]


# ---------------------------------------------------------------------------- dojo


def test_a_dojo_changes_seats(root: Path) -> None:
    file = file_of(root)
    with watching(root, command=("dojo", "--names", "ana, ben,çelik", "--rotate", "5")) as terminal:
        terminal.sees("driver ana  navigator ben  next çelik")
        terminal.sees("x changes")
        file.write_text(WRONG)
        terminal.gets(WRONG, "failed")
        terminal.press(b"x")
        terminal.sees("Change seats: ben drives.")
        file.write_text(RIGHT)
        terminal.gets(RIGHT, "passed")
        terminal.press(b"q")
        assert terminal.end() == 0
    drivers = [json.loads(row).get("driver") for row in _rows(root) if '"started"' in row]
    assert drivers == ["ana", "ben"]


def test_a_dojo_goes_on_when_the_kit_changes(root: Path) -> None:
    with watching(root, command=("dojo", "--names", "ana,ben", "--rotate", "5")) as terminal:
        terminal.sees("driver ana")
        terminal.press(b"x")
        terminal.sees("driver ben")
        facts = file_of(root).with_name("kata.toml")
        facts.write_text(facts.read_text().replace("Twice a number", "Two times a number"))
        terminal.sees("Two times a number")
        terminal.sees("driver ben")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--names", "ana"), "a dojo needs two names or more"),
        (("--names", "ana,ben", "--rotate", "0"), "a turn is some minutes long"),
    ],
)
def test_a_dojo_that_cannot_be(root: Path, words: tuple[str, ...], sentence: str) -> None:
    refused = kata(root, "dojo", *words)
    assert refused.status == 1
    assert sentence in refused.out


def _rows(root: Path) -> list[str]:
    return (root / ".kata" / "journal.jsonl").read_text("utf-8").split("\n")
