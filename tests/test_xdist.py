"""pytest-xdist: the same verdicts, the same journal and the same screen as without."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from kits import SOLUTION, TESTS, Toy
from outside import events, kit, run, screen, verdicts

pytest.importorskip("xdist")

# Slow where workers would otherwise report in order: alpha holds bravo up, which comes before zulu,
# and the half of carol that --dist=worksteal leaves to the same worker.
SLOW = "import time\n    time.sleep(0.6 if number == 1 else 0)\n    return number"
THIRD = "\n\ndef test_two_doubled(kata):\n    assert kata.double(2) == 4\n"
TOYS = [
    Toy("alpha", learner=SOLUTION.replace("return number", SLOW), tests=TESTS + THIRD),
    Toy("bravo", learner=SOLUTION),
    Toy("carol", learner=SOLUTION.replace("return number * 2", f"{SLOW} * 7")),
    Toy("delta"),
    Toy("edgar", learner=SOLUTION.replace("return number * 2", "import os\n    os._exit(0)")),
    Toy("zulu", learner=SOLUTION),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return kit(tmp_path_factory.mktemp("xdist"), *TOYS)


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
    assert found["summary"] == "4 failed, 7 passed, 2 not started"
    assert any("carol  test_one_carold" in line for line in found["screen"])
    return found


@pytest.mark.parametrize(
    "words",
    [
        ("-n2", "--dist=load"),
        ("-n2", "--dist=loadfile"),
        ("-n2", "--dist=loadscope"),
        ("-n2", "--dist=worksteal"),
        ("-nauto",),
    ],
    ids=" ".join,
)
def test_same_as_without(root, alone, words):
    assert outcome(root, *words) == alone


def test_workers_say_once_that_nothing_is_isolated(root):
    done = run(root, "-n2", "--kata-isolation=off", "-k", "bravo or carol", KATA_HOME="off")
    assert done.out.count("in pytest's own process (--kata-isolation=off)") == 1
    assert "2 failed, 2 passed" in done.out
