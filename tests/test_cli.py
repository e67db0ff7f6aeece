"""The `kata` command, typed in the folder of a toy kit.

`run` in toys.py holds every one of these runs to the rule that nobody is shown a traceback.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

COMMANDS = (["list"], ["next"], ["hint"], ["solution", "double"], ["undo"], ["doctor"], [])


def words_of(out: str) -> str:
    return " ".join(out.split())


# ------------------------------------------------------------------------ where, list, next


def test_without_words_it_says_where_you_are_and_what_comes_next(kit):
    first = kit.command()
    assert first.status == 0
    assert "first   ░░░░░░░░░░░░░░░░░░░░  0 of 2 solved, 2 not started" in first.out
    assert "Next: katas/01_first/01_double/double.py:5\n" in first.out
    assert "Times 2 (double, easy, not attempted yet)" in first.out

    kit.write("triple", "return 1")
    kit.pytest("katas")
    later = kit.command()
    assert "1 in progress" in later.out
    assert "Next: katas/01_first/02_triple/triple.py:1\n" in later.out, "the one attempted last"
    assert "attempts so far: 1" in later.out

    for name in ("double", "triple", "quadruple"):
        kit.solve(name)
    kit.pytest("katas")
    done = kit.command()
    assert "Next: all katas are solved; kata review keeps them fresh." in done.out
    assert "Second  earned" in done.out
    assert "Every kata is solved." in kit.command("next").out
    assert kit.command("hint").status == 1
    assert re.findall(r"[✓▸·] 0\d  (\w+) +easy +(\w+)", kit.command("list").out) == [
        ("double", "gold"),
        ("triple", "gold"),
        ("quadruple", "gold"),
    ]


def test_list_names_each_kata_under_its_track_with_its_state(kit):
    kit.write("double", "return 1")
    kit.pytest("katas")
    result = kit.command("list")
    assert result.status == 0
    lines = [words_of(line) for line in result.out.splitlines() if line]
    assert lines == [
        "01_first",
        "▸ 01 double easy 1 attempt",
        "· 02 triple easy not started",
        "02_second",
        "· 01 quadruple easy not started",
    ]


def test_next_prints_the_place_alone_so_that_editors_can_use_it(kit):
    assert kit.command("next").out == "katas/01_first/01_double/double.py:5\n"


LOADED = """\
import sys
from pytest_kata.cli import main
for words in ([], ["list"], ["next"], ["hint"]):
    main(words)
print("loaded:", *(name for name in ("torch", "numpy", "pytest") if name in sys.modules))
"""


def test_neither_torch_nor_pytest_is_loaded_to_say_where_you_are(kit, run_python):
    assert run_python(["-c", LOADED], kit.folder).out.endswith("loaded:\n")


# ------------------------------------------------------------------------ hint, solution


def test_hints_come_one_by_one_and_stay_readable(kit):
    texts = ["Think of 2 piles.", "Multiply.", "Return x * 2."]
    for given in (1, 2, 3):
        result = kit.command("hint", "double")
        assert result.status == 0
        assert [text for text in texts if text in result.out] == texts[:given]
        assert f"double, hint {given} of 3" in result.out
        assert "the last one" not in result.out
    again = kit.command("hint", "double")
    assert all(text in again.out for text in texts)
    assert "That was the last one. kata solution double shows an answer." in again.out
    assert [event["level"] for event in kit.events("hint")] == [1, 2, 3]


def test_a_hint_costs_gold_and_the_solution_costs_silver(kit):
    kit.command("hint", "triple")
    shown = kit.command("solution", "double", "--now")
    assert "    return x * 2\n" in shown.out
    assert "once over." in shown.out, "the explanation"
    assert "solutions/01_first/01_double/double.py" in shown.out
    assert "earns bronze" in shown.out
    for name in ("double", "triple", "quadruple"):
        kit.solve(name)
    out = kit.pytest("katas").out
    assert "✓ double  solved  bronze  (1 attempt, after its solution was shown)" in out
    assert "✓ triple  solved  silver  (1 attempt, after a hint)" in out
    assert "✓ quadruple  solved  gold  (1 attempt, gold takes 2)" in out
    late = kit.command("solution", "quadruple")
    assert "Your gold medal stays." in late.out


def test_a_kata_is_found_by_its_id_its_name_or_its_folder(kit):
    for word in ("triple", "TRIPLE", "02_triple"):
        assert "def triple" in kit.command("solution", word, "--now").out


@pytest.mark.parametrize("command", ["hint", "solution", "reset", "undo", "check"])
def test_an_unknown_kata_is_answered_with_the_nearest(kit, command):
    result = kit.command(command, "dubble")
    assert result.status == 1
    assert result.out == ""
    assert "there is no kata 'dubble'; did you mean double?" in result.err
    assert "kata list" in result.err


@pytest.mark.parametrize(
    ("word", "meant"),
    [("lisst", "; did you mean kata list?"), ("Watch", "; did you mean kata watch?"), ("zzz", "")],
)
def test_an_unknown_command_is_answered_with_the_nearest(bare, word, meant):
    result = bare.command(word)
    assert result.status == 2
    assert result.out == ""
    assert result.err == f"there is no command {word!r}{meant}\n  try: kata --help\n"


# ------------------------------------------------------------------------ reset, undo


def test_reset_brings_the_starter_back_and_undo_the_work_byte_for_byte(kit):
    work = b"# \xff not even text\r\ndef double(x):\n\treturn 2*x"
    kit.file("double").write_bytes(work)
    assert "the starter is back" in kit.command("reset", "double").out
    assert kit.file("double").read_bytes() == kit.starter("double").read_bytes()
    assert "nothing to reset" in kit.command("reset", "double").out
    assert "your work is back" in kit.command("undo").out
    assert kit.file("double").read_bytes() == work
    assert "no reset to undo" in kit.command("undo").out
    assert kit.file("double").read_bytes() == work


def test_reset_all_is_undone_as_a_whole_or_kata_by_kata(kit):
    for name in ("double", "quadruple"):
        kit.write(name, f"return '{name}'")
    work = {name: kit.file(name).read_bytes() for name in ("double", "triple", "quadruple")}

    result = kit.command("reset", "--all")
    assert "double: the starter is back" in result.out
    assert "triple" not in result.out, "it is as shipped"
    kit.command("undo")
    assert {name: kit.file(name).read_bytes() for name in work} == work

    kit.command("reset", "--all")
    kit.command("undo", "quadruple")
    assert kit.file("quadruple").read_bytes() == work["quadruple"]
    assert kit.file("double").read_bytes() == kit.starter("double").read_bytes()
    kit.command("undo")
    assert kit.file("double").read_bytes() == work["double"]


def test_undo_keeps_what_it_replaces(kit):
    kit.write("double", "return 'first'")
    first = kit.file("double").read_bytes()
    kit.command("reset", "double")
    kit.write("double", "return 'second'")
    second = kit.file("double").read_bytes()
    result = kit.command("undo")
    assert kit.file("double").read_bytes() == first
    kept = re.search(r"what it replaced is kept in (\S+)", words_of(result.out)).group(1)
    archive = kit.journal.parent / "archive"
    assert second in [file.read_bytes() for file in archive.iterdir()]
    assert kept.startswith(".kata/archive/")


def test_two_resets_are_undone_latest_first(kit):
    for text in ("first", "second"):
        kit.write("double", f"return '{text}'")
        kit.command("reset", "double")
    kit.command("undo")
    assert "second" in kit.file("double").read_text()
    kit.command("undo")
    assert "first" in kit.file("double").read_text()


def test_a_deleted_file_can_be_reset(kit):
    kit.file("double").unlink()
    assert kit.command("reset", "double").status == 0
    assert kit.file("double").read_bytes() == kit.starter("double").read_bytes()


def test_reset_wants_one_kata_or_all_of_them(kit):
    for words in ([], ["double", "--all"]):
        result = kit.command("reset", *words)
        assert result.status == 1
        assert "say which kata to reset, or --all" in result.err


# ------------------------------------------------------------------------ init, doctor, outside


def test_init_lays_out_the_real_katas_as_shipped_and_never_twice(bare):
    (bare.folder / "pytest.ini").unlink()
    result = bare.command("init", "mine")
    assert result.status == 0
    katas = bare.folder / "mine" / "katas"
    assert f"cd {katas.parent} && pytest katas/" in words_of(result.out)
    assert (katas / "01_core" / "00_warm_up" / "warm_up.py").is_file()
    assert not [path for path in katas.rglob("*") if path.name in ("starter.py", "mistakes")]
    (katas / "01_core" / "00_warm_up" / "warm_up.py").write_text("mine")
    again = bare.command("init", "mine")
    assert again.status == 1
    assert "is there already; nothing was changed" in again.err
    assert (katas / "01_core" / "00_warm_up" / "warm_up.py").read_text() == "mine"


def test_init_where_no_folder_can_be_made_says_so(bare):
    result = bare.command("init", "pytest.ini/below")
    assert result.status == 1
    assert "pytest.ini" in result.err
    assert "Not a directory" in result.err


def test_outside_of_a_kit_each_command_says_how_to_get_one(bare):
    for words in COMMANDS:
        result = bare.command(*words)
        assert result.status == 1
        assert f"{bare.folder}: there are no katas here" in result.err
        assert "kata init" in result.err


def test_inside_of_a_katas_folder_the_kit_is_found(kit):
    below = kit.kata("double")
    kit.folder, folder = below, kit.folder
    assert kit.command("next").out == "double.py:5\n"
    kit.folder = folder / "solutions"
    assert kit.command("next").out == f"{kit.file('double')}:5\n"


def test_doctor_finds_what_is_missing(kit):
    good = kit.command("doctor")
    assert good.status == 0
    assert "✓ katas: 3 in katas" in good.out
    assert "✗" not in good.out

    kit.file("double").unlink()
    kit.starter("triple").unlink()
    kit.toml("quadruple").write_text("id = 7")
    bad = kit.command("doctor", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert bad.status == 1
    screen = words_of(bad.out)
    assert "✗ plugin: PYTEST_DISABLE_PLUGIN_AUTOLOAD is set" in screen
    assert "katas/01_first/01_double/double.py is missing: kata reset double" in screen
    assert "solutions/01_first/02_triple/starter.py is missing from the kit" in screen
    assert "kata.toml:1: 'id' must be words in lower case" in screen


def test_check_of_some_katas_and_of_shipped_files(kit):
    kit.write("double", "return 1")
    good = kit.command("check", "triple")
    assert good.status == 0
    assert "1 katas, 11 sources, 14 test runs: all in order" in good.out
    bad = kit.command("check", "--shipped", "double")
    assert bad.status == 1
    assert "katas/01_first/01_double/double.py:1: is not the starter" in words_of(bad.out)
    assert "1 thing to mend" in bad.out


def test_version_and_words_that_are_no_command(kit):
    assert re.fullmatch(r"pytest-kata \d+\.\d+\.\d+\n", kit.command("--version").out)
    assert kit.command("no-such-command").status == 2
    assert kit.command("solution").status == 2


# ------------------------------------------------------------------------ journals that do not work


def test_a_journal_of_nonsense_is_passed_over_and_kept(kit):
    kit.solve("double")
    kit.pytest("katas")
    nonsense = bytes(range(256)) * 20 + b'\n{"v": 1, "t": "yesterday"}\n[1, 2]\n{"v": 1, "t": 17'
    kit.journal.write_bytes(kit.journal.read_bytes() + nonsense)
    for words in COMMANDS:
        result = kit.command(*words)
        assert result.status == (1 if words == ["doctor"] else 0), words
        assert "lines of the journal cannot be read; kept, and passed over" in result.out
    assert "double     easy         gold" in kit.command("list").out
    assert nonsense in kit.journal.read_bytes()


def test_a_line_of_a_newer_kit_is_kept_and_told(kit):
    kit.journal.parent.mkdir()
    kit.journal.write_text('{"v": 99, "t": 1.0}\n')
    assert "1 line of the journal comes from a newer pytest-kata" in kit.command().out


def test_a_journal_that_cannot_be_used_costs_the_record_and_nothing_else(kit):
    kit.journal.mkdir(parents=True)
    kit.write("double", "return 1")
    work = kit.file("double").read_bytes()
    for words in COMMANDS:
        result = kit.command(*words)
        assert result.status == (1 if words == ["doctor"] else 0), words
        if words != ["next"]:
            assert "cannot be read (Is a directory)" in words_of(result.out)
    hint = kit.command("hint")
    assert "Think of 2 piles." in hint.out
    assert "cannot be written (Is a directory)" in words_of(hint.out)
    refused = kit.command("reset", "double")
    assert refused.status == 1
    assert "the journal cannot be written, so nothing was changed" in refused.err
    assert kit.file("double").read_bytes() == work


def test_a_home_that_cannot_be_made_never_loses_work(kit):
    kit.write("double", "return 1")
    work = kit.file("double").read_bytes()
    home = str(kit.folder / "pytest.ini" / "home")
    refused = kit.command("reset", "double", KATA_HOME=home)
    assert refused.status == 1
    assert "your work cannot be archived (Not a directory), so nothing was changed" in refused.err
    assert kit.command("--home", home, "reset", "--all").status == 1
    assert kit.file("double").read_bytes() == work
    assert "Think of 2 piles." in kit.command("--home", home, "hint").out
    assert not (kit.folder / ".kata").exists()


FULL_DISK = """\
import resource, sys
from pytest_kata.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
sys.exit(main(sys.argv[1:]))
"""


def test_a_full_disk_never_loses_work(kit, run_python):
    kit.write("double", "return 1")
    work = kit.file("double").read_bytes()
    hint = run_python(["-c", FULL_DISK, "hint", "double"], kit.folder)
    assert hint.status == 0
    assert "Think of 2 piles." in hint.out
    assert "cannot be written (File too large)" in words_of(hint.out)
    refused = run_python(["-c", FULL_DISK, "reset", "double"], kit.folder)
    assert refused.status == 1
    assert "so nothing was changed" in refused.err
    assert kit.file("double").read_bytes() == work
    assert not list(kit.katas.rglob("*.part"))


# ------------------------------------------------------------------------ where it is printed


@pytest.mark.parametrize("columns", ["40", "3"])
def test_narrow_windows_wrap_every_screen(kit, columns):
    kit.write("double", "return 1")
    for words in (["list"], ["hint", "double"], ["doctor"], []):
        result = kit.command(*words, COLUMNS=columns)
        wide = max(int(columns), 20)
        # Places are whole in any window.
        lines = [line for line in result.out.splitlines() if "/double.py:" not in line]
        assert [line for line in lines if len(line) > wide] == []


def test_colours_come_only_where_they_are_wanted(kit):
    assert "\x1b[" not in kit.command("list").out
    assert "\x1b[" in kit.command("list", FORCE_COLOR="1").out
    assert "\x1b[" not in kit.command("list", FORCE_COLOR="1", NO_COLOR="1").out
    assert "\x1b[" not in kit.command("next", FORCE_COLOR="1").out, "editors read it"


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=["ascii", "C", "latin-1"],
)
def test_where_the_encoding_is_plain_so_are_the_signs(kit, env):
    kit.write("double", "return 1")
    for words in ([], ["list"], ["hint", "double"], ["solution", "double"], ["doctor"]):
        result = kit.command(*words, **env)
        assert result.out.isascii()
        assert "?" not in result.out
    assert "first   ++++++++++.........." in kit.command(**env).out
    assert "> 01  double" in kit.command("list", **env).out


def test_a_reader_that_goes_away_is_no_error(kit, clean_environment):
    for words in ([], ["list"], ["solution", "double"]):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [sys.executable, "-m", "pytest_kata.cli", *words],
            cwd=kit.folder,
            env=clean_environment,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
        os.close(writing)
        assert (done.returncode, done.stderr) == (0, b"")
