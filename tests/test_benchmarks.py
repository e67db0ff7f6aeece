"""The benchmarks run, and print their tables. What they measure is not for a test to judge."""

from __future__ import annotations

from pathlib import Path

import pytest

SCRIPTS = Path(__file__).with_name("benchmarks")
GUARD_SECONDS = 300  # on a busy machine


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        (["watch.py", "--kata=toy"], ["kata watch", "pytest", "pytest --lf"]),
        (["suites.py", "--tests=20"], ["pytest katas/", "pytest --collect-only katas/"]),
        (["isolation.py", "--katas=2"], ["in pytest's own process", "in child processes"]),
        (["journal.py", "--events=100"], ["read and folded"]),
        (["katas.py", "warm-up"], ["warm-up", "aim: at most 1000 ms"]),
        (["lab.py", "--texts=4", "--steps=2"], ["load the checkpoint", "fine-tune", "a step of"]),
    ],
    ids=lambda words: words[0],
)
def test_a_benchmark_prints_its_table(words, rows, run_python, tmp_path):
    if words[0] in ("watch.py", "isolation.py", "katas.py"):
        pytest.importorskip("termios")
    words = [str(SCRIPTS / words[0]), *words[1:], "--rounds=1"]
    result = run_python(words, tmp_path, guard=GUARD_SECONDS)
    assert result.status == 0, result.err
    out = result.out
    for row in rows:
        assert any(line.strip().startswith(row) for line in out.splitlines()), out
    assert "median" in out
