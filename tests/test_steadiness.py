"""The script that runs right solutions many times: what it runs, and that it tells what fails."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from kits import TESTS, Toy, make_kit
from outside import GUARD_SECONDS, wait_until
from toys import environment, run

pytest.importorskip("termios")

SCRIPT = str(Path(__file__).with_name("steadiness.py"))

FLAKY = '''"""Refuses a right answer on one seed, and another on two threads or in float64."""

import torch

from pytest_kata import checks


def test_seed(kata, kata_seed):
    """Every seed but one."""
    assert kata.double(1) == 2
    checks.that(kata_seed != 12, f"drew {kata_seed}")


def test_surroundings(kata):
    """One thread, and the usual dtype."""
    assert kata.double(3) == 6
    checks.that(torch.get_num_threads() == 1, "lost among threads")
    checks.that(torch.get_default_dtype() == torch.float32, "too exact")
'''


def steadiness(folder: Path, *words: str):
    return run([SCRIPT, *words], folder)


def rows(out: str) -> list[list[str]]:
    """The table's rows: kata, solution, runs, failures; and the indented lines below each."""
    return [line.split()[:4] if line[0] != " " else [line.strip()] for line in out.splitlines()[1:]]


def test_every_right_solution_is_run_as_often_as_asked(tmp_path):
    make_kit(tmp_path, Toy("double"), Toy("halve"))
    result = steadiness(tmp_path, "double", "--runs=3", "--loaded=1")
    assert result.status == 0, result.out + result.err
    assert rows(result.out)[:2] == [
        ["double", "solution", "3", "0"],
        ["double", "other:added", "3", "0"],
    ]
    assert result.out.endswith("6 runs of 2 solutions: none failed\n")


def test_a_flaky_kata_is_told_with_its_seed_and_its_test(tmp_path):
    make_kit(tmp_path, Toy("double", tests=FLAKY))
    result = steadiness(tmp_path, "--runs=3", "--loaded=1", "--first=11")
    assert result.status == 1
    assert rows(result.out)[:2] == [
        ["double", "solution", "3", "1"],
        ["seed 12: test_seed: Drew 12."],
    ]
    assert result.out.endswith("6 runs of 2 solutions: 2 failed\n")


def test_threads_and_dtypes_take_turns(tmp_path):
    make_kit(tmp_path, Toy("double", tests=FLAKY, others={}))
    words = ["--runs=4", "--loaded=1", "--threads=1,2", "--dtypes=float32,float64"]
    result = steadiness(tmp_path, *words)
    assert result.status == 1
    assert rows(result.out)[:4] == [
        ["double", "solution", "4", "3"],
        ["seed 2, float64: test_surroundings: Too exact."],
        ["seed 3, 2 threads: test_surroundings: Lost among threads."],
        ["seed 4, 2 threads, float64, under load: test_surroundings: Lost among threads."],
    ]


def test_no_tests_are_no_proof(tmp_path):
    make_kit(tmp_path, Toy("double", tests='"""None yet."""\n'))
    result = steadiness(tmp_path, "--runs=1", "--loaded=0")
    assert result.status == 1
    assert "pytest could not run the katas" in result.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["quadruple"], "there is no kata quadruple"),
        (["--threads=0"], "--threads"),
        (["--dtypes=float31"], "--dtypes"),
        (["--runs=2", "--loaded=3"], "--loaded"),
    ],
)
def test_bad_input_is_refused(tmp_path, words, says):
    make_kit(tmp_path)
    result = steadiness(tmp_path, *words)
    assert result.status == 2
    assert says in result.err


SIGNALS = (
    TESTS
    + '''

def test_is_seen(kata, kata_seed):
    """Tells the test of this test that the first run is over."""
    from pathlib import Path

    if kata_seed == 2:
        Path("seen").touch()
    assert kata.double(2) == 4
'''
)


def test_what_is_ended_early_shows_the_runs_that_there_were(tmp_path):
    make_kit(tmp_path, Toy("double", tests=SIGNALS))
    process = subprocess.Popen(
        [sys.executable, SCRIPT, "--runs=100000"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        # As a shell does that has no job control.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert wait_until(lambda: (tmp_path / "seen").exists())
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=GUARD_SECONDS)
    for row in rows(out)[:2]:
        assert row[0] == "double"
        assert 0 < int(row[2]) < 100000
        assert row[3] == "0"
    assert process.returncode == 0
