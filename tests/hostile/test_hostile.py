"""Nothing that a learner's code does can hang pytest, fool it, or cost anybody else anything.

Each file in `learners/` is run by real pytest beside a well-behaved kata; `arena.py` says how.
Several of them share a run, and each is judged on its own. The runs start when the first test asks
for one, two at a time.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import arena
import pytest
import table
from arena import GOOD, Learner, Run, kata_id

OPTIONS = {"isolated": (), "xdist": ("-n", "2"), "fallback": ("--kata-isolation=off",)}
CASES = [
    pytest.param(mode, learner, id=f"{learner.name}-{mode}")
    for mode in OPTIONS
    for learner in arena.learners(mode)
]

Runs = dict[tuple[str, str], "Future[Run]"]


@pytest.fixture(scope="session")
def runs(request, tmp_path_factory):
    """(mode, learner's name) -> its run, of the learners whose tests were selected."""
    wanted: dict[str, list[Learner]] = {}
    for item in request.session.items:
        if item.path == Path(__file__) and hasattr(item, "callspec"):
            mode, learner = item.callspec.params["mode"], item.callspec.params["learner"]
            wanted.setdefault(mode, []).append(learner)
    found: Runs = {}
    with ThreadPoolExecutor(2) as pool:
        for mode, learners in wanted.items():
            for group in arena.groups(learners):
                folder = tmp_path_factory.mktemp(mode)
                future = pool.submit(arena.run, folder, group, *OPTIONS[mode])
                found |= {(mode, learner.name): future for learner in group}
        yield found
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize(("mode", "learner"), CASES)
def test_one_clean_failure_of_one_kata(mode, learner, runs):
    run = runs[mode, learner.name].result()
    assert_clean(run)
    assert run.junit[GOOD] == []
    assert kata_id(GOOD) in run.solved

    assert kata_id(learner.name) not in run.solved
    # Nobody knows which tests saw what of a file that changed meanwhile.
    outcome = "interrupted" if learner.touches == "own" else "failed"
    assert [event.outcome for event in run.finished(learner.name)] == [outcome]
    failures = run.junit[learner.name]
    assert failures
    assert any(learner.reads_here in words(failure) for failure in failures), failures
    assert learner.reads_here in words(run.screen)


def assert_clean(run: Run) -> None:
    """The run came to its end with status 1, and left only what its learners are known for."""
    assert run.status == 1, run.screen
    assert "INTERNALERROR" not in run.screen
    assert "Traceback" not in run.screen
    assert "\x1b" not in run.screen
    assert run.left == []
    assert run.litter == []
    assert run.unreadable == 0 or any(learner.touches == "journal" for learner in run.group)
    assert [path for path in run.changed if not is_expected(path, run.group)] == []


def is_expected(path: str, group: list[Learner]) -> bool:
    touching = [learner for learner in group if learner.touches]
    return any(learner.name in path or path.startswith(learner.touches) for learner in touching)


def words(text: str) -> str:
    return " ".join(text.split())


def test_killed_pytest_costs_the_run_and_not_the_truth(tmp_path):
    """No process can protect its parent from its own user; but a kill is not a success."""
    (learner,) = arena.learners("killed")
    run = arena.run(tmp_path, [learner])
    assert run.status == -9
    assert run.left == []
    assert run.unreadable == 0
    assert run.solved == set()
    assert [event.event for event in run.events] == ["started"]


def test_journal_that_becomes_a_pipe_costs_the_record_and_not_the_run(tmp_path):
    (learner,) = arena.learners("swapped")
    run = arena.run(tmp_path, [learner])
    assert run.status == 1
    assert run.left == []
    assert run.junit[GOOD] == []
    assert learner.reads_here in words(run.junit[learner.name][0])
    assert "this run is not recorded" in words(run.screen)


def test_there_are_enough_of_them():
    assert len(arena.learners()) >= 60
    assert all("?" not in learner.reads for learner in arena.learners())


def test_table_in_contributing_is_up_to_date():
    assert table.main(["--check"]) == 0
