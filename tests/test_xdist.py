"""pytest-xdist: the same verdicts, the same journal and the same screen as without."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from kits import SOLUTION, Toy
from outside import events, kit, run, screen, verdicts

pytest.importorskip("xdist")

# The first katas and the first test take longest, so that workers report in another order.
SLOW = "import time\n    time.sleep(0.6 if number == 1 else 0)\n    return number"
TOYS = {
    "alpha": SOLUTION.replace("return number", SLOW),
    "bravo": SOLUTION.replace("return number * 2", f"{SLOW} * 7"),
    "carol": SOLUTION.replace("return number * 2", "import os\n    os._exit(0)"),
    "delta": None,
    "edgar": SOLUTION.replace("number * 2", "number * 3"),
    "frank": SOLUTION.replace("number * 2", "number - 'a'"),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    toys = [Toy(name, learner=text) for name, text in TOYS.items()]
    return kit(tmp_path_factory.mktemp("xdist"), *toys)


def outcome(root: Path, *words: str):
    """Everything a run shows and leaves, less what differs between any two runs."""
    home = "home" + "".join(words).replace("=", "")
    done = run(root, "--junitxml=junit.xml", *words, KATA_HOME=home)
    written = Counter(event._replace(t=0, run="", seconds=0) for event in events(root, home))
    last = done.out.splitlines()[-1].strip("= ").partition(" in ")[0]
    return {
        "status": done.status,
        "verdicts": verdicts(root / "junit.xml"),
        "journal": written,
        "screen": screen(done.out),
        "summary": last,
        "left": done.left,
    }


@pytest.fixture(scope="module")
def alone(root):
    found = outcome(root)
    assert found["summary"] == "8 failed, 2 passed, 2 not started"
    assert any("bravo  test_one_bravod" in line for line in found["screen"])
    return found


@pytest.mark.parametrize(
    "words",
    [
        ("-n2", "--dist=load"),
        ("-n2", "--dist=loadfile"),
        ("-n2", "--dist=loadscope"),
        ("-nauto",),
    ],
    ids=" ".join,
)
def test_same_as_without(root, alone, words):
    assert outcome(root, *words) == alone


def test_workers_say_once_that_nothing_is_isolated(root):
    done = run(root, "-n2", "--kata-isolation=off", "-k", "alpha or edgar", KATA_HOME="off")
    assert done.out.count("in pytest's own process (--kata-isolation=off)") == 1
    assert "2 failed, 2 passed" in done.out
