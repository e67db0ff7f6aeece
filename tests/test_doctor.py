"""Facts about this installation, each good or not."""

from __future__ import annotations

import shutil
from functools import partial
from importlib import metadata

import pytest
from kits import Toy, make_kit, write

from pytest_kata import doctor
from pytest_kata.journal import Journal
from pytest_kata.workspace import Workspace


@pytest.fixture
def kit(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", raising=False)
    monkeypatch.setattr(doctor, "machine_factor", lambda: 1.25)
    return make_kit(tmp_path, Toy("double"), Toy("halve"))


def examined(kit) -> list[doctor.Finding]:
    return doctor.examine(kit, kit.catalog(), Journal(kit.journal))


def said(kit, about: str, good: bool) -> list[str]:
    return [f.said for f in examined(kit) if f.about == about and f.good == good]


def test_a_kit_in_order_is_good_about_everything(kit):
    findings = {finding.about: finding for finding in examined(kit)}
    here = {"katas", "checkpoint", "journal", "isolation", "time factor"}
    assert set(findings) == {"versions", "plugin", *here}
    assert all(findings[about].good for about in here)
    assert findings["katas"].said.startswith("2 in ")
    assert findings["time factor"].said.startswith("1.2 ")


def test_looking_writes_nothing(kit):
    examined(kit)
    assert not kit.home.exists()


def test_versions_are_told(kit, monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: "9.9")
    (words,) = said(kit, "versions", True)
    assert words.startswith("Python 3.")
    assert "torch 9.9" in words


def test_a_missing_package_is_told(kit, monkeypatch):
    def version(name):
        if name in ("torch", "rich"):
            raise metadata.PackageNotFoundError(name)
        return "9.9"

    monkeypatch.setattr(metadata, "version", version)
    assert said(kit, "versions", False) == ["torch, rich not installed: pip install -e ."]


@pytest.mark.parametrize("value", ["pytest_kata.plugin", "another.plugin"])
def test_the_plugin_must_be_known_to_pytest(kit, monkeypatch, value):
    point = metadata.EntryPoint("kata", value, "pytest11")
    monkeypatch.setattr(metadata, "entry_points", lambda group: [point])
    known = value == "pytest_kata.plugin"
    words = "pytest loads it" if known else "pytest does not know it: pip install -e ."
    assert said(kit, "plugin", known) == [words]


def test_plugins_that_are_not_loaded_are_told_with_the_way_to_load_it(kit, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    assert "-p pytest_kata.plugin" in said(kit, "plugin", False)[0]


def test_a_broken_kata_is_told(kit):
    write(kit.katas / "01_first" / "02_halve" / "kata.toml", "= broken")
    assert "kata.toml:1: is not valid TOML" in said(kit, "katas", False)[0]
    assert said(kit, "katas", True) == []


def test_missing_files_are_told(kit):
    one, other = kit.catalog()
    kit.starter(one).unlink()
    other.file.unlink()
    words = said(kit, "katas", False)
    assert [line.endswith("is missing from the kit") for line in words] == [True, False]
    assert words[1].endswith("halve.py is missing: kata reset halve")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-1]), "is not the file that was"),
        (lambda file: file.unlink(), "is missing"),
    ],
)
def test_a_damaged_checkpoint_is_told_with_the_file_and_what_to_type(
    kit, monkeypatch, tmp_path, damage, words
):
    copy = shutil.copytree(doctor.SHIPPED, tmp_path / "checkpoint")
    monkeypatch.setattr(doctor, "damaged", partial(doctor.damaged, copy))
    assert said(kit, "checkpoint", False) == []
    damage(copy / "model.safetensors")
    (sentence,) = said(kit, "checkpoint", False)
    assert sentence.startswith(f"{copy / 'model.safetensors'} {words}")
    assert sentence.endswith(": pip install --force-reinstall pytest-kata")
    assert said(kit, "checkpoint", True) == []


def test_the_checkpoint_is_examined_without_torch(run_python, tmp_path):
    code = "import sys, pytest_kata.doctor as d; d.damaged(); assert 'torch' not in sys.modules"
    assert run_python(["-c", code], tmp_path).status == 0


def test_the_journal_is_told_with_its_events_and_learner(kit):
    Journal(kit.journal).append("double", "hint", level=1)
    Journal(kit.journal).append("double", "hint", level=2)
    assert said(kit, "journal", True) == [f"2 events in {kit.journal}, learner learner"]


def test_a_learners_name_cannot_steer_the_terminal(kit, monkeypatch):
    monkeypatch.setenv("KATA_LEARNER", "\x1b[2Jana")
    assert said(kit, "journal", True) == [f"0 events in {kit.journal}, learner \ufffd[2Jana"]


def test_damage_in_the_journal_is_told(kit):
    write(kit.journal, "torn\n")
    assert said(kit, "journal", False) == [
        "1 line of the journal cannot be read; kept, and passed over"
    ]


def test_a_journal_that_cannot_be_read_is_told(kit, tmp_path):
    write(tmp_path / "file", "in the way")
    blocked = Workspace(kit.katas, kit.solutions, tmp_path / "file" / ".kata")
    assert "cannot be read" in said(blocked, "journal", False)[0]
    assert said(blocked, "journal", True) == []


def test_a_folder_that_cannot_be_written_is_told(kit, monkeypatch):
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    assert said(kit, "journal", False) == [f"{kit.home.parent} is read-only: nothing is recorded"]


@pytest.mark.parametrize("can", [True, False])
def test_isolation_is_told(kit, monkeypatch, can):
    monkeypatch.setattr(doctor, "CAN_FORK", can)
    (words,) = said(kit, "isolation", True)
    assert words.startswith("a child process" if can else "no fork here")
