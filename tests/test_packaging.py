"""The wheel and the source distribution: what is in them, and a kit laid out from the wheel."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

pytest.importorskip("build")
pytest.importorskip("hatchling")

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = (".vscode", "pytest_kata", "katas", "solutions", "tests")


class Built(NamedTuple):
    """The names in both archives, from their top folder down, and the wheel unpacked."""

    wheel: list[str]
    source: list[str]
    unpacked: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory, run_python) -> Built:
    """Both archives of a checkout in which somebody has worked; built without the network."""
    checkout = tmp_path_factory.mktemp("checkout")
    out = tmp_path_factory.mktemp("dist")
    for name in (*SHIPPED, "pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, checkout / name)
        else:
            shutil.copy(ROOT / name, checkout / name)
    for folder in (checkout, checkout / "katas"):
        (folder / ".kata" / "archive").mkdir(parents=True)
        (folder / ".kata" / "journal.jsonl").write_text("{}\n")
    for folder in ("katas/01_core/00_warm_up", "solutions/01_core/00_warm_up", "pytest_kata"):
        (checkout / folder / "__pycache__").mkdir(exist_ok=True)
        (checkout / folder / "__pycache__" / "left_behind.pyc").write_bytes(b"")
    (checkout / "katas" / "01_core" / "00_warm_up" / "warm_up.py").write_text("a learner's work")

    words = ["-m", "build", "--no-isolation", "--outdir", str(out), str(checkout)]
    result = run_python(words, out)
    assert result.status == 0, result.out + result.err

    (wheel,) = out.glob("*.whl")
    (source,) = out.glob("*.tar.gz")
    unpacked = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
        names = archive.namelist()
    with tarfile.open(source) as archive:
        members = [name.partition("/")[2] for name in archive.getnames()]
    return Built(names, members, unpacked)


def of_checkout(folder: str) -> set[str]:
    """Every file of the checkout below `folder` that belongs there."""
    return {
        str(file.relative_to(ROOT))
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and not {"__pycache__", ".kata"} & set(file.parts)
    }


def test_the_wheel_carries_the_package_and_the_whole_kit(built):
    names = set(built.wheel)
    assert of_checkout("pytest_kata") <= names
    assert "pytest_kata/py.typed" in names
    for folder in (".vscode", "katas", "solutions"):
        files = of_checkout(folder)
        assert files
        assert {f"pytest_kata/kit/{file}" for file in files} <= names
    warm_up = "pytest_kata/kit/solutions/01_core/00_warm_up"
    assert f"{warm_up}/starter.py" in names
    assert f"{warm_up}/mistakes/no_accumulation.py" in names


def test_neither_archive_carries_what_was_left_behind(built):
    for names in (built.wheel, built.source):
        parts = {part for name in names for part in name.split("/")}
        assert not parts & {".kata", "__pycache__", "journal.jsonl", ".git"}
        assert not [part for part in parts if part.endswith(".pyc")]
    top = {name.split("/")[0] for name in built.wheel}
    assert {name for name in top if not name.endswith(".dist-info")} == {"pytest_kata"}


def test_the_source_distribution_carries_what_is_needed_to_build_and_test_it(built):
    names = set(built.source)
    for folder in SHIPPED:
        assert of_checkout(folder) <= names
    assert {"pyproject.toml", "README.md", "LICENSE"} <= names


def test_the_entry_points_are_the_plugin_and_the_command(built):
    (file,) = built.unpacked.glob("*.dist-info/entry_points.txt")
    assert file.read_text().split() == [
        "[console_scripts]",
        *("kata", "=", "pytest_kata.cli:main"),
        "[pytest11]",
        *("kata", "=", "pytest_kata.plugin"),
    ]


def test_a_kit_from_the_wheel_works_far_from_any_checkout(built, bare, run_python):
    wheel = {"PYTHONPATH": str(built.unpacked)}
    asked = run_python(
        ["-c", "import pytest_kata; print(pytest_kata.__file__)"], bare.folder, wheel
    )
    assert asked.out.startswith(str(built.unpacked))

    assert bare.command("init", "mine", **wheel).status == 0
    bare.folder /= "mine"
    names = {path.name for path in bare.folder.rglob("*")}
    assert not names & {"starter.py", "explanation.md", "mistakes"}, "out of sight"
    starter = built.unpacked / "pytest_kata/kit/solutions/01_core/00_warm_up/starter.py"
    warm_up = bare.folder / "katas/01_core/00_warm_up/warm_up.py"
    assert warm_up.read_bytes() == starter.read_bytes(), "not what a learner made of it"

    first = bare.pytest("katas/", **wheel)
    assert "failed" not in first.counts
    assert first.counts["passed"] > 0
    assert "✓ warm-up  solved  gold" in first.out
    wrong = bare.pytest("katas/", "--kata-source=mistake:adds_instead", **wheel)
    assert wrong.counts["failed"] > 0, "the mistakes are in the wheel"
    assert "finished" in (bare.folder / ".kata" / "journal.jsonl").read_text()
    right = bare.pytest("katas/01_core/00_warm_up", "--kata-source=solution", **wheel)
    assert right.status == 0
    assert "tokens_per_step" in bare.command("solution", "warm-up", **wheel).out
