"""Several runs at once over one kit and one journal."""

from __future__ import annotations

from collections import Counter

import pytest
from kits import SOLUTION, Toy, write
from outside import events, finish, kata, kit, progress, start

WRONG = SOLUTION.replace("number * 2", "number * 7")


@pytest.mark.parametrize("count", [2, 8])
def test_runs_at_once(tmp_path, count):
    root = kit(tmp_path, Toy("alpha", learner=SOLUTION), Toy("bravo", learner=WRONG), Toy("gamma"))
    for wave in (1, 2):
        runs = [start(root) for _ in range(count)]
        hint = kata(root, "hint", "bravo")
        assert hint.status == 0, hint.out
        assert f"hint {wave} of 3" in hint.out
        for process, mark in runs:
            done = finish(process, mark)
            assert done.status == 1, done.out
            assert "2 failed, 2 passed, 2 not started" in done.out
            assert f"bravo  test_one_bravod  (attempt {wave}," in done.out
            assert not done.left
        found = Counter((event.kata, event.event) for event in events(root))
        assert found == {
            ("alpha", "started"): wave * count,
            ("alpha", "finished"): wave * count,
            ("bravo", "started"): wave * count,
            ("bravo", "finished"): wave * count,
            ("bravo", "hint"): wave,
        }
        states = progress(root)
        # Many runs of the same bytes are one attempt.
        assert (states["alpha"].attempts, states["bravo"].attempts) == (wave, wave)
        assert states["alpha"].solved
        assert not states["bravo"].solved
        assert states["bravo"].hints == wave
        for name, text in (("alpha", SOLUTION), ("bravo", WRONG)):
            number = {"alpha": 1, "bravo": 2}[name]
            file = root / "katas" / "01_first" / f"{number:02}_{name}" / f"{name}.py"
            write(file, text.replace("double", name) + "# again\n")
    assert len(list((root / ".kata" / "archive").iterdir())) == 4
