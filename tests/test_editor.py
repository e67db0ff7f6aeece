"""Editors: opening the place, and what VS Code makes of the screens."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from kits import Toy
from outside import PROJECT, environment, kata, kit, run
from watched import RIGHT, WRONG, file_of, watching

from pytest_kata.editor import open_command

FILE = Path("/katas/alpha.py")


@pytest.mark.parametrize(
    ("environ", "has_code", "words"),
    [
        ({"EDITOR": "vim"}, True, ["vim", "+7", str(FILE)]),
        ({"EDITOR": "vim", "VISUAL": "code --wait"}, False, ["code", "--wait", "-g", f"{FILE}:7"]),
        ({"EDITOR": "/usr/bin/emacs -nw"}, False, ["/usr/bin/emacs", "-nw", "+7", str(FILE)]),
        ({"EDITOR": "zed"}, False, ["zed", f"{FILE}:7"]),
        ({"EDITOR": "pycharm"}, False, ["pycharm", "--line", "7", str(FILE)]),
        ({"EDITOR": "  "}, True, ["code", "-g", f"{FILE}:7"]),
        ({}, False, []),
    ],
)
def test_which_command_opens_a_line(environ, has_code, words):
    which = {"code": "/usr/bin/code"}.get if has_code else lambda name: None
    assert open_command(environ, which, FILE, 7) == words


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return kit(tmp_path, Toy("alpha"), Toy("bravo"))


def test_next_opens_the_editor(root: Path) -> None:
    editor = root / "editor.py"
    editor.write_text("import sys; print('opened', *sys.argv[1:])")
    words = shlex.join([sys.executable, str(editor)])
    done = kata(root, "next", "--open", EDITOR=words, VISUAL="")
    assert done.status == 0
    assert done.out.split("\n")[:2] == [
        "katas/01_first/01_alpha/alpha.py:6",
        f"opened +6 {file_of(root)}",
    ]


@pytest.mark.parametrize(
    ("editor", "sentence"),
    [
        ("nothing-of-this-name", "nothing-of-this-name cannot be started"),
        ("", "no editor is known"),
    ],
)
def test_an_editor_that_is_not_there(root: Path, editor: str, sentence: str) -> None:
    done = kata(root, "next", "--open", EDITOR=editor, VISUAL="", PATH=str(root))
    assert done.status == 1
    assert sentence in done.out
    assert "Traceback" not in done.out


# -------------------------------------------------------------------------- VS Code


def matcher() -> dict:
    tasks = json.loads((PROJECT / ".vscode" / "tasks.json").read_text("utf-8"))
    (task,) = tasks["tasks"]
    return task["problemMatcher"]


def test_the_problem_matcher_marks_the_failing_line(root: Path) -> None:
    pattern, background = matcher()["pattern"], matcher()["background"]
    begins, ends = (re.compile(background[key]) for key in ("beginsPattern", "endsPattern"))
    with watching(root) as terminal:
        terminal.sees("not started")
        file_of(root).write_text(WRONG)
        terminal.sees("from save to verdict")
        lines = terminal.screen.splitlines()
        found = [match for line in lines if (match := re.search(pattern["regexp"], line))]
        assert [(m[pattern["file"]], m[pattern["line"]]) for m in found] == [
            ("katas/01_first/01_alpha/alpha.py", "4")
        ]
        first = next(n for n, line in enumerate(lines) if begins.search(line))
        last = next(n for n, line in enumerate(lines) if ends.search(line))
        assert first < lines.index(found[0].string) < last
        file_of(root).write_text(RIGHT)
        terminal.sees("Solved")
        assert any(begins.search(line) for line in terminal.screen.splitlines())
        assert not re.search(pattern["regexp"], terminal.screen, re.MULTILINE)


def test_settings_point_at_the_katas() -> None:
    settings = json.loads((PROJECT / ".vscode" / "settings.json").read_text("utf-8"))
    assert settings["python.testing.pytestArgs"] == ["katas"]


def test_init_lays_them_out_and_spares_what_is_there(tmp_path: Path) -> None:
    for name, own in (("fresh", False), ("used", True)):
        folder = tmp_path / name
        (folder / "tmp").mkdir(parents=True)
        if own:
            (folder / ".vscode").mkdir()
        assert kata(folder, "init", ".").status == 0
        assert (folder / ".vscode" / "tasks.json").is_file() is not own


def test_each_test_is_collected_once_and_can_be_run_by_its_id(root: Path) -> None:
    listed = run(root, "--collect-only", "-q").out
    ids = [line for line in listed.splitlines() if "::" in line]
    assert len(ids) == len(set(ids)) == 4
    assert ids == [
        line for line in run(root, "--collect-only", "-q").out.splitlines() if "::" in line
    ]
    file_of(root).write_text(RIGHT)
    one = subprocess.run(
        [sys.executable, "-m", "pytest", ids[0]],
        cwd=root,
        env=environment(root, "one"),
        capture_output=True,
        text=True,
    )
    assert "1 passed" in one.stdout
