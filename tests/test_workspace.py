"""Where the kit lies, which file runs, and the learner's work."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from kits import SOLUTION, STARTER, Toy, make_kit, write

from pytest_kata import workspace as module
from pytest_kata.catalog import KitError
from pytest_kata.outline import is_katas_folder
from pytest_kata.workspace import Source, Workspace, digest, first_task, lay_out


@pytest.fixture
def kit(tmp_path):
    return make_kit(tmp_path)


@pytest.fixture
def kata(kit):
    return kit.catalog().find("double")


@pytest.fixture
def packaged(tmp_path, monkeypatch):
    """A kit inside of the package, as in an installed wheel."""
    inside = tmp_path / "site" / "kit"
    make_kit(inside, Toy(learner="edited by the builder\n"), Toy("halve"))
    monkeypatch.setattr(module, "PACKAGED", inside)
    return inside


# ----------------------------------------------------------------------- find


@pytest.mark.parametrize("inside", [".", "katas", "katas/01_first", "katas/01_first/01_double"])
def test_a_kit_is_found_from_within_and_from_just_above(kit, tmp_path, inside):
    found = Workspace.find(tmp_path / inside)
    assert found == kit


def test_a_kit_is_found_from_a_folder_beside_its_katas(kit, tmp_path):
    assert Workspace.find(tmp_path / "notes" / "today") == kit


def test_a_kit_is_found_from_one_of_its_files(kit, kata):
    assert Workspace.find(kata.file) == kit


def test_no_kit_is_found_where_there_is_none(tmp_path):
    assert Workspace.find(tmp_path) is None


def test_nothing_is_found_above_the_last_folder_to_look_in(kit, tmp_path):
    inner = tmp_path / "project"
    inner.mkdir()
    assert Workspace.find(inner, stop=inner) is None
    assert Workspace.find(inner, stop=tmp_path) == kit


def test_the_nearest_kit_is_found(kit, tmp_path):
    inner = make_kit(tmp_path / "project")
    assert Workspace.find(tmp_path / "project" / "notes") == inner


def test_a_folder_of_that_name_alone_is_no_kit(tmp_path):
    write(tmp_path / "katas" / "karate" / "kata.toml", "")
    assert not is_katas_folder(tmp_path / "katas")
    assert Workspace.find(tmp_path) is None


def test_a_broken_kata_toml_still_makes_a_kit(kit, kata):
    write(kata.folder / "kata.toml", "= broken")
    assert is_katas_folder(kit.katas)


# ----------------------------------------------------------------------- home


def test_home_is_beside_the_katas(kit, tmp_path):
    found = Workspace.at(kit.katas)
    assert found.home == tmp_path / ".kata"
    assert found.journal == tmp_path / ".kata" / "journal.jsonl"
    assert not found.home.exists()


def test_the_environment_moves_home(kit, tmp_path, monkeypatch):
    monkeypatch.setenv("KATA_HOME", str(tmp_path / "elsewhere"))
    assert Workspace.at(kit.katas).home == tmp_path / "elsewhere"


def test_what_is_asked_for_outdoes_the_environment(kit, tmp_path, monkeypatch):
    monkeypatch.setenv("KATA_HOME", str(tmp_path / "elsewhere"))
    assert Workspace.at(kit.katas, str(tmp_path / "here")).home == tmp_path / "here"
    assert Workspace.find(kit.katas, home=str(tmp_path / "here")).home == tmp_path / "here"


def test_a_relative_home_is_meant_from_where_one_stands(kit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Workspace.at(kit.katas, "records").home == tmp_path / "records"


def test_a_tilde_is_the_persons_own_folder(kit, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert Workspace.at(kit.katas, "~/records").home == tmp_path / "records"


def test_the_folder_of_a_person_who_is_not_there_is_an_ordinary_name(kit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = Workspace.at(kit.katas, "~nobody-of-this-name/records")
    assert found.home == tmp_path / "~nobody-of-this-name" / "records"


# ------------------------------------------------------------------ solutions


def test_solutions_beside_the_katas_come_first(kit, packaged, tmp_path):
    assert Workspace.at(kit.katas).solutions == tmp_path / "solutions"


def test_without_solutions_beside_them_the_packaged_ones_are_taken(packaged, tmp_path):
    katas = make_kit(tmp_path / "mine").katas
    (tmp_path / "mine" / "solutions").rename(tmp_path / "mine" / "put_away")
    found = Workspace.at(katas)
    assert found.solutions == packaged / "solutions"
    assert found.source(found.catalog().find("double"), "solution").file.is_file()


def test_in_a_checkout_the_solutions_lie_beside_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PACKAGED", tmp_path / "checkout" / "pytest_kata" / "kit")
    katas = tmp_path / "mine" / "katas"
    assert Workspace.at(katas).solutions == tmp_path / "checkout" / "solutions"


# -------------------------------------------------------------------- sources


def test_sources_are_starter_solution_the_other_right_ones_and_the_mistakes(kit, kata):
    assert [source.label for source in kit.sources(kata)] == [
        "starter",
        "solution",
        "other:added",
        "mistake:same",
        "mistake:squares",
    ]


@pytest.mark.parametrize(
    ("label", "files"),
    [
        ("learner", ["katas/01_first/01_double/double.py"]),
        ("starter", ["solutions/01_first/01_double/starter.py"]),
        ("solution", ["solutions/01_first/01_double/double.py"]),
        ("other:added", ["solutions/01_first/01_double/other_added.py"]),
        (
            "mistake:same",
            [
                "solutions/01_first/01_double/double.py",
                "solutions/01_first/01_double/mistakes/same.py",
            ],
        ),
    ],
)
def test_a_label_stands_for_files_run_in_order(kit, kata, tmp_path, label, files):
    source = kit.source(kata, label)
    assert source == Source(label, tuple(tmp_path / file for file in files))
    assert source.file == tmp_path / files[-1]


def test_the_source_is_the_learners_unless_another_is_asked_for(kit, kata):
    assert kit.source(kata) == Source("learner", (kata.file,))


def test_the_learners_source_stands_even_when_the_file_is_gone(kit, kata):
    kata.file.unlink()
    assert kit.source(kata, "learner").file == kata.file


@pytest.mark.parametrize("label", ["mistake:none", "other:none", "nonsense", ""])
def test_a_label_that_stands_for_nothing_is_told_with_those_that_do(kit, kata, label):
    with pytest.raises(KitError) as caught:
        kit.source(kata, label)
    assert caught.value.sentence == (
        f"double has no source {label!r}; it has "
        "starter, solution, other:added, mistake:same, mistake:squares"
    )
    assert caught.value.where == str(kit.solution_folder(kata))
    assert caught.value.command


def test_a_kata_without_solutions_has_no_sources(kit, kata):
    kit.solutions.rename(kit.solutions.with_name("put_away"))
    assert kit.sources(kata) == []
    with pytest.raises(KitError, match="it has none"):
        kit.source(kata, "solution")


# ------------------------------------------------------------------ untouched


def test_a_file_as_shipped_is_untouched(kit, kata):
    assert kit.is_untouched(kata)


@pytest.mark.parametrize("content", [b"", STARTER.encode() + b"\n", STARTER.encode()[:-1]])
def test_one_byte_more_or_less_is_touched(kit, kata, content):
    kata.file.write_bytes(content)
    assert not kit.is_untouched(kata)


def test_line_endings_count(kit, kata):
    kata.file.write_bytes(kata.file.read_bytes().replace(b"\n", b"\r\n"))
    assert not kit.is_untouched(kata)


def test_a_missing_file_is_touched(kit, kata):
    kata.file.unlink()
    assert not kit.is_untouched(kata)


def test_without_a_starter_nothing_is_untouched(kit, kata):
    kit.starter(kata).unlink()
    assert not kit.is_untouched(kata)


def test_starters_have_hashes_where_they_exist(tmp_path):
    kit = make_kit(tmp_path, Toy("double"), Toy("halve"))
    catalog = kit.catalog()
    kit.starter(catalog.find("halve")).unlink()
    assert kit.starter_hashes(catalog) == {"double": digest(STARTER.encode())}


# -------------------------------------------------------------------- archive


def test_what_is_archived_can_be_read_under_its_hash(kit):
    content = b"def double(number):\r\n    return \xff"
    name = kit.archive(content)
    assert name == hashlib.sha256(content).hexdigest()
    assert kit.archived(name).read_bytes() == content


def test_archiving_twice_keeps_one_file(kit):
    assert kit.archive(b"a") == kit.archive(b"a")
    assert kit.archive(b"b") != kit.archive(b"a")
    assert len(list((kit.home / "archive").iterdir())) == 2


def test_a_file_in_the_archive_is_never_written_again(kit, monkeypatch):
    kit.archive(b"a")
    monkeypatch.setattr(module, "_replace", lambda *args: pytest.fail("written again"))
    kit.archive(b"a")


def test_an_archive_that_cannot_be_written_is_told(tmp_path):
    write(tmp_path / "file", "in the way")
    kit = Workspace(tmp_path / "katas", tmp_path / "solutions", tmp_path / "file" / ".kata")
    with pytest.raises(OSError, match=r"file"):
        kit.archive(b"a")


# ------------------------------------------------------------------------ lay


def test_laying_replaces_the_whole_file_and_leaves_nothing_else(kit, kata):
    before = sorted(kata.folder.iterdir())
    kit.lay(kata, b"new")
    assert kata.file.read_bytes() == b"new"
    assert sorted(kata.folder.iterdir()) == before


def test_laying_brings_a_missing_file_back(kit, kata):
    kata.file.unlink()
    kit.lay(kata, b"new")
    assert kata.file.read_bytes() == b"new"


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_laying_that_fails_leaves_the_old_file_whole(kit, kata, monkeypatch, step):
    def half_way(*args):
        if step == "write_bytes":
            with open(args[0], "wb") as file:
                file.write(args[1][:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path if step == "write_bytes" else os, step, half_way)
    before = sorted(kata.folder.iterdir())
    with pytest.raises(OSError, match="No space left"):
        kit.lay(kata, b"new content")
    monkeypatch.undo()
    assert kata.file.read_bytes() == STARTER.encode()
    assert sorted(kata.folder.iterdir()) == before


# -------------------------------------------------------------------- lay out


def test_laid_out_katas_are_as_shipped(packaged, tmp_path):
    lay_out(tmp_path / "mine")
    found = Workspace.find(tmp_path / "mine")
    assert [kata.id for kata in found.catalog()] == ["double", "halve"]
    assert all(found.is_untouched(kata) for kata in found.catalog())
    assert found.solutions == packaged / "solutions"
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {"katas", "pytest.ini"}


def test_laid_out_katas_come_without_caches_and_hidden_files(packaged, tmp_path):
    folder = packaged / "katas" / "01_first" / "01_double"
    write(folder / "__pycache__" / "double.pyc", "")
    write(folder / ".double.py.swp", "")
    lay_out(tmp_path / "mine")
    laid = {path.name for path in (tmp_path / "mine").rglob("*")}
    assert not laid & {"__pycache__", ".double.py.swp"}
    assert {"kata.toml", "double.py", "test_double.py"} <= laid


def test_katas_that_are_there_already_are_left_alone(packaged, tmp_path):
    mine = write(tmp_path / "katas" / "mine.py", "my work")
    with pytest.raises(KitError) as caught:
        lay_out(tmp_path)
    assert str(caught.value) == f"{tmp_path / 'katas'}: is there already; nothing was changed"
    assert mine.read_text() == "my work"
    assert not (tmp_path / "pytest.ini").exists()


def test_settings_that_are_there_already_are_left_alone(packaged, tmp_path):
    write(tmp_path / "mine" / "pytest.ini", "[pytest]\n")
    lay_out(tmp_path / "mine")
    assert (tmp_path / "mine" / "pytest.ini").read_text() == "[pytest]\n"


def test_a_place_where_nothing_can_be_laid_out_is_told(packaged, tmp_path):
    write(tmp_path / "file", "in the way")
    with pytest.raises(KitError) as caught:
        lay_out(tmp_path / "file")
    assert caught.value.where == str(tmp_path / "file")
    assert caught.value.sentence.startswith("the katas cannot be laid out here (")


# ---------------------------------------------------------------------- small


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (STARTER, 6),
        (SOLUTION, 4),
        ("x = 1\n\ndef f():\n    raise NotImplementedError\n", 4),
        ("def f():\n    pass\n\ndef g():\n    pass  # TODO\n", 5),
        ("x = 1\n", 1),
        ("", 1),
    ],
    ids=["TODO", "def", "NotImplementedError", "TODO after def", "neither", "empty"],
)
def test_the_first_task_is_where_one_starts_to_write(tmp_path, text, line):
    assert first_task(write(tmp_path / "double.py", text)) == line


def test_the_first_task_of_what_cannot_be_read_is_line_one(tmp_path):
    assert first_task(tmp_path / "gone.py") == 1
    (tmp_path / "odd.py").write_bytes(b"\xff\n# TODO\n")
    assert first_task(tmp_path / "odd.py") == 2


def test_paths_are_shown_as_typed_from_here(kit, kata, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert kit.shown(kata.file) == os.path.join("katas", "01_first", "01_double", "double.py")
    monkeypatch.chdir(tmp_path / "katas" / "01_first")
    assert kit.shown(kit.starter(kata)) == str(kit.starter(kata))
