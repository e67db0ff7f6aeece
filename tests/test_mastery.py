"""The Master badge: ten katas solved one by one, then all of them in one run."""

from __future__ import annotations

from pathlib import Path

from kits import SOLUTION, Toy
from outside import events, kata, kit, run

from pytest_kata.badges import CORE, MASTER

DUE = "One run of all of them together earns the badge"


def test_everything_is_run_again_before_the_last_badge(tmp_path: Path) -> None:
    names = [id.replace("-", "_") for id in CORE]
    root = kit(tmp_path, *(Toy(name, "01_core") for name in names))
    files = {file.stem: file for file in root.glob("katas/01_core/*/*.py") if file.stem in names}
    for name in names[:-1]:
        files[name].write_text(SOLUTION.replace("double", name))
    assert MASTER not in run(root).out

    last = names[-1]
    files[last].write_text(SOLUTION.replace("double", last))
    folder = files[last].parent
    alone = run(root, "-k", last)
    assert DUE in alone.out
    last_step = "Next: pytest katas/01_core earns the Master badge."
    assert last_step in alone.out
    here = kata(root).out
    assert f"{MASTER}  10 of 10" in here
    assert last_step in here

    # One that does not hold any more takes the others along.
    files[names[0]].write_text(SOLUTION.replace("double", names[0]).replace("* 2", "* 3"))
    assert "earned" not in run(root).out
    files[names[0]].write_text(SOLUTION.replace("double", names[0]))

    everything = run(root)
    assert f"{MASTER}  earned" in everything.out
    assert "It stands for ten concepts" in everything.out
    assert "kata report --svg draws it" in everything.out
    assert "Next: all katas are solved; kata review keeps them fresh." in everything.out
    assert [e.mode for e in events(root) if e.event == "badge"] == [MASTER]
    # Once is enough.
    assert "earned" not in run(root).out
    assert f"{MASTER}  earned" in kata(root).out
    assert folder.is_dir()
