"""kata strength, kata modes, kata list --kind and --json, typed in the folder of a toy kit."""

from __future__ import annotations

import json
import os
import shutil
import time

import pytest

from pytest_kata.journal import Event, line
from pytest_kata.modes import MODES
from pytest_kata.outline import KINDS

DAY = 86_400.0
PASS = {"outcome": "passed", "passed": 2, "failed": 0, "tests": 2}
FAIL = {"outcome": "failed", "passed": 1, "failed": 1, "tests": 2}


def words_of(out: str) -> str:
    return " ".join(out.split())


def remember(kit, *happened: tuple[float, str, str, dict]) -> None:
    """Write what happened (days ago, kata, event, fields) into the kit's journal."""
    now = time.time()
    kit.journal.parent.mkdir(exist_ok=True)
    with kit.journal.open("ab") as journal:
        for days, kata, name, fields in happened:
            journal.write(line(Event(now - days * DAY, "learner", kata, name, **fields)))


def solved(days: float, kata: str, **ended):
    """The events of a run that solved `kata` some days ago."""
    run = {"run": f"{kata}{days}", "sha256": f"{kata}{days}"}
    return (days, kata, "started", run), (days, kata, "finished", {**run, **PASS, **ended})


def concept(kit, name: str, text: str) -> None:
    toml = kit.toml(name)
    toml.write_text(toml.read_text().replace('"multiplication"', json.dumps(text)))


@pytest.fixture
def practised(kit):
    """One concept that fades, one that is fresh, and one that nobody has begun."""
    concept(kit, "double", "twos")
    concept(kit, "triple", "threes")
    concept(kit, "quadruple", "fours")
    remember(kit, (301, "double", "hint", {"level": 2}), *solved(300, "double"))
    remember(kit, *solved(0.01, "triple"))
    return kit


# ------------------------------------------------------------------------ strength


def test_strength_says_what_it_comes_from_and_what_to_practise_next(practised):
    result = practised.command("strength")
    assert result.status == 0
    lines = [words_of(line) for line in result.out.splitlines() if line]
    assert lines[0] == "Concepts: 1 weak, 0 shaky, 1 strong, 1 not started"
    assert lines[1].startswith("weak ")
    assert lines[1].endswith("twos")
    assert lines[2].startswith("1 attempt, 2 hints, last 300 days ago, due for 29")
    assert lines[3].startswith("strong ")
    assert lines[3].endswith("threes")
    assert "Not started, and weak until they are solved: fours" in words_of(result.out)
    assert words_of(result.out).endswith(
        "Practise next: kata review double pytest katas/02_second/01_quadruple"
    )


def test_what_is_fresh_and_was_solved_with_help_says_what_makes_it_strong(kit):
    concept(kit, "double", "twos")
    remember(kit, (0.02, "double", "hint", {"level": 1}), *solved(0.01, "double"))
    lines = [words_of(line) for line in kit.command("strength").out.splitlines() if line]
    assert lines[1].startswith("shaky ")
    assert lines[1].endswith("% twos")
    assert "one good round makes it strong" in " ".join(lines[2:4])


def test_strength_before_anything_was_practised(kit):
    out = words_of(kit.command("strength").out)
    assert "0 weak, 0 shaky, 0 strong, 1 not started" in out
    assert out.endswith("Practise next: pytest katas/01_first/01_double")


def test_where_all_is_strong_it_says_when_to_come_back(kit):
    for name in ("double", "triple", "quadruple"):
        remember(kit, *solved(0.001, name))
    out = words_of(kit.command("strength").out)
    assert "0 weak, 0 shaky, 1 strong" in out
    assert "Nothing needs practice now. Next review in " in out


def test_a_clock_that_was_put_back_forgets_nothing(kit):
    remember(kit, *solved(-400, "double"))
    result = kit.command("strength")
    assert result.status == 0
    assert "1 of 3 solved, last on 20" in words_of(result.out)


@pytest.mark.parametrize("columns", ["40", "60", "80", "120"])
def test_screens_fit_every_width_in_colour_and_without(practised, columns):
    for command in ("strength", "modes"):
        result = practised.command(command, COLUMNS=columns)
        assert [line for line in result.out.splitlines() if len(line) > int(columns)] == []
        assert "\x1b[" not in result.out
        assert "\x1b[" in practised.command(command, COLUMNS=columns, FORCE_COLOR="1").out
        plain = practised.command(command, COLUMNS=columns, PYTHONIOENCODING="ascii").out
        assert plain.isascii()
        assert "?" not in plain


# ------------------------------------------------------------------------ modes, --kind


def kinds(kit, name: str, *kinds: str) -> None:
    toml = kit.toml(name)
    toml.write_text(toml.read_text().replace('["implement"]', json.dumps(list(kinds))))


def test_modes_names_ten_ways_and_the_command_for_each(kit):
    kinds(kit, "double", "debug", "tune")
    out = words_of(kit.command("modes").out)
    assert len(MODES) == 10
    for place, mode in enumerate(MODES, start=1):
        assert f"{place} {mode.name} {mode.about}" in out
    assert "pytest katas/ -m kind_debug 1 kata " in out
    assert "pytest katas/ -m kind_implement 2 katas " in out
    assert "pytest katas/ -m kind_compose no katas yet " in out
    assert "kata dojo --rotate 5 --names " in out
    assert {mode.kind for mode in MODES if mode.kind} <= set(KINDS)


def test_the_tests_of_a_kind_are_selected_by_its_marker(kit):
    kinds(kit, "double", "debug", "tune")
    kit.solve("double")
    for kind in ("debug", "tune"):
        result = kit.pytest("katas", "-m", f"kind_{kind}", "--strict-markers")
        assert result.status == 0
        assert result.counts == {"passed": 2, "deselected": 4}
    both = kit.pytest("katas", "--collect-only", "-q", "-m", "kind_debug or kind_implement")
    assert both.out.count("::test_five") == 3
    assert "@pytest.mark.kind_debug" in kit.pytest("--markers").out


def test_kinds_select_under_xdist_and_for_every_source_too(kit):
    kinds(kit, "double", "debug")
    result = kit.pytest("katas", "-m", "kind_debug", "--kata-source=solution", "-n", "1")
    assert (result.status, result.counts["passed"]) == (0, 2)


def test_list_shows_the_katas_of_a_kind(kit):
    kinds(kit, "double", "debug")
    out = kit.command("list", "--kind", "DEBUG").out
    assert "double" in out
    assert "triple" not in out
    empty = kit.command("list", "--kind", "compose")
    assert (empty.status, empty.out.strip()) == (0, "There is no kata of the kind compose yet.")


def test_an_unknown_kind_is_answered_with_the_nearest(kit):
    for words in (["list", "--kind", "debgu"], ["list", "--kind", "debgu", "--json"]):
        result = kit.command(*words)
        assert (result.status, result.out) == (1, "")
        assert result.err == "there is no kind 'debgu'; did you mean debug?\n  try: kata modes\n"
    assert "kinds: learn, predict, choose" in kit.command("list", "--kind", "zzz").err


# ------------------------------------------------------------------------ --json


def test_list_as_json(practised):
    result = practised.command("list", "--json", KATA_LEARNER="learner")
    assert (result.status, result.err) == (0, "")
    listing = json.loads(result.out)
    assert listing["format"] == 1
    assert listing["notes"] == []
    assert [(row["id"], row["status"], row["strength"]) for row in listing["katas"]] == [
        ("double", "solved", "weak"),
        ("triple", "solved", "strong"),
        ("quadruple", "not started", "weak"),
    ]
    for row in listing["katas"]:
        assert (practised.katas / row["file"]).is_file()


def test_list_as_json_of_a_kind(kit):
    kinds(kit, "triple", "debug")
    listing = json.loads(kit.command("list", "--json", "--kind", "debug").out)
    assert [row["id"] for row in listing["katas"]] == ["triple"]
    assert json.loads(kit.command("list", "--json", "--kind", "tune").out)["katas"] == []


def test_json_stays_json_when_kit_and_journal_are_broken(kit):
    remember(kit, *solved(1, "double"))
    with kit.journal.open("ab") as journal:
        journal.write(b'{"v": 99, "t": 1.0}\nnonsense\n')
    kit.toml("triple").write_text("id = 7")
    for words in (["list", "--json"], ["report", "--json"]):
        result = kit.command(*words)
        assert (result.status, result.err) == (0, "")
        found = json.loads(result.out)
        assert [row["id"] for row in found["katas"]] == ["double", "quadruple"]
        assert found["katas"][0]["status"] == "solved"
        notes = " ".join(found["notes"])
        assert "'id' must be words" in notes
        assert "1 line of the journal cannot be read" in notes
        assert "1 line of the journal comes from a newer pytest-kata" in notes


def test_json_is_ascii_whatever_the_learner_is_called(kit):
    name = "Zoë 🥋 دانا"
    result = kit.command("report", "--json", KATA_LEARNER=name, PYTHONIOENCODING="ascii")
    assert result.out.isascii()
    assert json.loads(result.out)["learner"] == name
    broken = kit.command("report", "--json", KATA_LEARNER=os.fsdecode(b"Zo\xeb"))
    assert json.loads(broken.out)["learner"] == "Zo\udceb"


def test_report_as_json_is_printed_and_not_written(kit):
    result = kit.command("report", "--json", "out.json")
    assert result.status == 1
    assert "--json is printed, not written" in result.err
    assert not (kit.folder / "out.json").exists()
    assert kit.command("report", "--json", "--svg").status == 2


def test_a_kata_that_was_renumbered_or_removed_since_it_was_solved(kit):
    remember(kit, *solved(1, "double"), *solved(1, "triple"))
    for folder in (kit.katas, kit.solutions):
        (folder / "01_first" / "01_double").rename(folder / "01_first" / "09_double")
        shutil.rmtree(folder / "01_first" / "02_triple")
    found = json.loads(kit.command("report", "--json").out)
    assert [(row["id"], row["status"], row["file"]) for row in found["katas"]] == [
        ("double", "solved", "01_first/09_double/double.py"),
        ("quadruple", "not started", "02_second/01_quadruple/quadruple.py"),
        ("triple", "gone", ""),
    ]
    assert kit.command("strength").status == 0
