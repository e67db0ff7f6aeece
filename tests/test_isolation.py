"""What pytest users expect, with katas in child processes: each behaviour as without them."""

from __future__ import annotations

import importlib.util
import os
import pty
import re
import subprocess
import sys
import uuid
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from kits import SOLUTION, TESTS, Toy, write
from outside import (
    Done,
    environment,
    events,
    kit,
    left,
    progress,
    run,
    screen,
    verdicts,
    wait_until,
)

from pytest_kata import seal

CALLS = SOLUTION.replace("return number * 2", "print('called with', number)\n    return number * 2")
WRONG = SOLUTION.replace("number * 2", "number * 7")


def spec(*tests: str, top: str = "") -> str:
    """A spec of tests that each call the learner's function, and then do something."""
    body = top + "\n\nimport os, sys, warnings\nimport pytest\n"
    for number, text in enumerate(tests, start=1):
        arguments, _, code = text.partition(":")
        names = ", ".join(filter(None, ["kata", arguments.strip()]))
        lines = code.strip().split("; ")
        body += f"\n\ndef test_{number}({names}):\n    kata.double({number})\n"
        body += "".join(f"    {line}\n" for line in lines)
    return body


def one(tmp_path: Path, *tests: str, top: str = "", learner: str = CALLS, **more) -> Path:
    return kit(tmp_path, Toy(tests=spec(*tests, top=top), learner=learner, **more))


def summary(done: Done) -> str:
    """The counts in pytest's last line."""
    return done.out.splitlines()[-1].strip("= ").partition(" in ")[0]


# ------------------------------------------------------------------------------------- fixtures


def test_fixtures(tmp_path):
    root = one(
        tmp_path,
        "tmp_path: (tmp_path / 'a').write_text('x'); assert tmp_path.exists()",
        "capsys: assert capsys.readouterr().out == 'called with 2\\n'",
        "capfd: os.system('echo shell'); assert 'shell' in capfd.readouterr().out",
        "caplog: import logging; logging.error('loud'); assert caplog.messages == ['loud']",
        "monkeypatch: monkeypatch.setenv('TOY', '1'); assert os.environ['TOY'] == '1'",
        "_: assert 'TOY' not in os.environ",
        "request: assert request.node.name == 'test_7'",
        "recwarn: warnings.warn('once'); assert len(recwarn) == 1",
        "tmp_path_factory: assert tmp_path_factory.mktemp('z').exists()",
        "pytestconfig: assert pytestconfig.rootpath.exists()",
        top="import pytest\n\n\n@pytest.fixture\ndef _():\n    pass\n",
    )
    for words in ((), ("--kata-isolation=off",)):
        done = run(root, *words)
        assert summary(done).startswith("10 passed"), done.out


SCOPES = """
import pytest


@pytest.fixture(scope="session")
def session():
    print("session up")
    yield []
    print("session down")


@pytest.fixture(scope="module")
def module(session):
    print("module up")
    yield session
    print("module down")
"""


def test_fixtures_of_a_module_are_shared_and_torn_down(tmp_path):
    """The tests of a kata run in one child: what they share is set up once, and ended."""
    root = one(
        tmp_path,
        "module: module.append(1)",
        "module: assert module == [1]; module.append(2)",
        "module, session: assert module is session; assert session == [1, 2]; assert 0",
        top=SCOPES,
    )
    done = run(root, "-v", "--tb=short", "-rA")
    assert summary(done) == "1 failed, 2 passed"
    for words in ("session up", "module up", "module down", "session down"):
        assert done.out.count(words) == 1, words


def test_errors_in_fixtures_fail_the_test(tmp_path):
    top = (
        "import pytest\n\n\n@pytest.fixture\ndef early():\n    raise OSError('early')\n\n\n"
        "@pytest.fixture\ndef late():\n    yield\n    raise OSError('late')\n"
    )
    root = one(tmp_path, "early: pass", "late: pass", ": pass", top=top)
    done = run(root, "-v")
    assert done.status == 1
    assert summary(done) == "2 passed, 2 errors"
    assert "OSError: early" in done.out
    assert "OSError: late" in done.out
    assert not progress(root)["double"].solved


# -------------------------------------------------------------------------------------- options


def test_no_capture_shows_prints_in_order(tmp_path):
    root = one(tmp_path, ": print('spec', 1)", ": print('spec', 2)", ": print('spec', 3)")
    done = run(root, "-s", "-v")
    wanted = re.findall(r"test_\d |called with \d|spec \d|PASSED", done.out)
    assert wanted == [
        word for n in "123" for word in (f"test_{n} ", f"called with {n}", f"spec {n}", "PASSED")
    ]
    done = run(root, "-s")
    assert re.findall(r"called with \d", done.out) == [f"called with {n}" for n in "123"]


def test_capture_shows_prints_of_failures_only(tmp_path):
    root = one(tmp_path, ": pass", ": os.system('echo shell >&2'); assert 0")
    done = run(root, "-v", "--tb=short")
    assert "called with 1" not in done.out
    assert "Captured stdout call" in done.out
    assert "called with 2" in done.out
    assert re.search(r"Captured stderr call -*\nshell", done.out)
    for capture in ("sys", "tee-sys"):
        done = run(root, f"--capture={capture}", "-v")
        assert done.out.count("called with 2") == (2 if capture == "tee-sys" else 1)


@pytest.mark.parametrize(("words", "ran"), [(["-x"], 2), (["--maxfail=2"], 3), (["--sw"], 2)])
def test_stopping_means_that_no_more_code_runs(tmp_path, words, ran):
    learner = CALLS.replace(
        "print(", f"print(number, file=open({str(tmp_path / 'ran')!r}, 'a')); ("
    )
    root = one(tmp_path, ": pass", ": assert 0", ": assert 0", ": pass", learner=learner)
    done = run(root, *words)
    assert (root / "ran").read_text().split() == [str(n + 1) for n in range(ran)]
    assert done.status in (1, 2)
    assert [event.outcome for event in events(root)][-1] == "failed"


def test_last_failed_first(tmp_path):
    root = one(
        tmp_path, ": pass", f": assert os.path.exists({str(tmp_path / 'fixed')!r})", ": pass"
    )
    assert summary(run(root)) == "1 failed, 2 passed"
    assert summary(run(root, "--lf")) == "1 failed"
    order = re.findall(r"test_\d", "\n".join(_nodes(run(root, "--ff", "-v").out)))
    # Katas keep their order; within one, the failed test comes first.
    assert order == ["test_2", "test_1", "test_3"]
    write(root / "fixed", "")
    done = run(root, "--lf")
    assert summary(done) == "1 passed"
    # One test of three is not the kata.
    assert not progress(root)["double"].solved
    assert summary(run(root, "--lf")) == "3 passed"
    assert progress(root)["double"].solved


def _nodes(out: str) -> list[str]:
    return [line for line in out.splitlines() if re.match(r"katas/\S+::", line)]


REST = "warnings junitxml setuponly stepwise xdist unraisableexception threadexception"


@pytest.mark.parametrize("names", ["cacheprovider", "timeout", "faulthandler", "logging", REST])
def test_without_plugins(tmp_path, names):
    loop = CALLS.replace("print(", "exec('while number == 2: pass'); print(")
    facts = {"limits": {"seconds": 1, "memory": 256}}
    root = one(tmp_path, ": pass", ": pass", ": pass", learner=loop, facts=facts)
    done = run(root, "--strict-markers", *(f"-pno:{name}" for name in names.split()))
    assert done.status == 1
    assert summary(done) == "1 failed, 2 passed"
    assert re.search(r"time limit.*limit 1 s", done.out), done.out


def test_durations(tmp_path):
    learner = CALLS.replace("print(", "__import__('time').sleep(number / 10); print(")
    root = one(tmp_path, ": pass", ": pass", learner=learner)
    done = run(root, "--durations=1")
    assert re.search(r"0\.[2-9]\ds call +katas/\S+::test_2", done.out), done.out


def test_junit_file(tmp_path):
    root = one(
        tmp_path,
        "record_property: record_property('loss', 0.5)",
        ": assert 0, 'wrong'",
        learner=CALLS.replace("print(", "__import__('time').sleep(0.05); print("),
    )
    run(root, "--junitxml=junit.xml", "-o", "junit_logging=all")
    found = verdicts(root / "junit.xml")
    assert [key.rpartition("::")[2] for key in found] == ["test_1", "test_2"]
    assert [words.partition("\n")[0] for words in found.values()] == ["passed", "Wrong assert 0."]
    first, second = ET.parse(root / "junit.xml").getroot().iter("testcase")
    assert float(first.get("time", "0")) >= 0.05
    assert [(p.get("name"), p.get("value")) for p in first.iter("property")] == [("loss", "0.5")]
    assert "called with 2" in (second.findtext("system-out") or "")


def test_setup_show(tmp_path):
    root = one(tmp_path, "module: pass", "tmp_path: pass", top=SCOPES)
    done = run(root, "--setup-show")
    assert "in pytest's own process (--setup-show)" in done.out
    shown = re.findall(r"(?:SETUP|TEARDOWN) +\w (\w+)|::(test_\d)", done.out)
    names = [a or b for a, b in shown]
    assert names.index("module") < names.index("test_1") < names.index("test_2")
    assert summary(done) == "2 passed"


@pytest.mark.parametrize("option", ["--setup-only", "--setup-plan"])
def test_setup_without_tests_records_nothing(tmp_path, option):
    root = one(tmp_path, "tmp_path: assert 0")
    done = run(root, option)
    assert "SETUP    F tmp_path" in done.out
    assert done.status == 0
    assert not events(root)


def test_report_of_all(tmp_path):
    root = one(tmp_path, ": pass", ": assert 0")
    done = run(root, "-rA")
    assert "PASSED katas/01_first/01_double/test_double.py::test_1" in done.out
    assert "FAILED katas/01_first/01_double/test_double.py::test_2" in done.out
    assert "FAILED" not in run(root).out


def test_options_from_the_environment(tmp_path):
    root = one(tmp_path, ": pass", ": assert 0")
    assert "PASSED" in run(root, PYTEST_ADDOPTS="-rA").out
    assert summary(run(root, PYTEST_ADDOPTS="-k test_1")) == "1 passed, 1 deselected"


def test_subtests(tmp_path):
    root = one(
        tmp_path,
        "subtests: exec('for n in (1, 2): \\n with subtests.test(n=n): assert n == 1')",
        "subtests: exec('for n in (1, 2): \\n with subtests.test(n=n): assert n')",
    )
    if not hasattr(pytest, "Subtests"):
        pytest.skip("this pytest has no subtests")
    for words in ((), ("--kata-isolation=off",)):
        done = run(root, *words)
        assert done.status == 1
        assert summary(done) == "2 failed, 1 passed", done.out
        assert events(root)[-1].outcome == "failed"
        assert (events(root)[-1].passed, events(root)[-1].failed) == (1, 1)


def test_reordered_tests(tmp_path):
    """Plugins that shuffle do not mix katas, and nothing else changes either."""
    root = kit(tmp_path, Toy("alpha", learner=CALLS), Toy("bravo", learner=WRONG))
    shuffle = "import pytest\n\n@pytest.hookimpl(tryfirst=True)\ndef pytest_collection_modifyitems"
    write(root / "conftest.py", f"{shuffle}(items):\n    items.reverse()\n")
    done = run(root, "-v", "--tb=no")
    order = re.findall(r"test_(\w+)", "\n".join(line.split("::")[1] for line in _nodes(done.out)))
    assert order == ["three_alphad", "one_alphad", "three_bravod", "one_bravod"]
    assert summary(done) == "2 failed, 2 passed"


# ------------------------------------------------------------------------------------- warnings

WARNS = CALLS.replace(
    "print(", "import warnings; warnings.warn('beware of', DeprecationWarning); print("
)


@pytest.mark.parametrize("words", [(), ("-n2",), ("--kata-isolation=off",)], ids=" ".join)
def test_warnings_of_learner_code(tmp_path, words):
    own = "class Mine(Warning): pass"
    root = one(tmp_path, f": {own}; warnings.warn('of mine', Mine)", ": pass", learner=WARNS)
    done = run(root, *words)
    assert summary(done) == "2 passed, 3 warnings"
    assert re.search(r"double\.py:\d+: DeprecationWarning: beware of\n", done.out), done.out
    assert re.search(r"test_double\.py:\d+: (UserWarning: )?Mine: of mine\n", done.out)
    assert "test_double.py::test_2" in done.out
    assert "warnings" not in run(root, "--disable-warnings", *words).out.replace("3 warnings", "")


def test_warning_filters(tmp_path):
    strict = "import pytest\n\nstrict = pytest.mark.filterwarnings('error:beware')\n"
    tests = spec(": pass", ": pass", top=strict).replace("def test_2", "@strict\ndef test_2")
    root = kit(tmp_path, Toy(tests=tests, learner=WARNS))
    assert summary(run(root)) == "1 failed, 1 passed, 1 warning"
    assert summary(run(root, "-W", "error")) == "2 failed"
    assert summary(run(root, "-W", "ignore")) == "1 failed, 1 passed"


def test_a_flood_of_warnings_is_cut(tmp_path):
    flood = CALLS.replace(
        "print(",
        "import warnings; [warnings.warn(f'{n} {\"x\" * 9999}') for n in range(300)]; print(",
    )
    done = run(one(tmp_path, ": pass", learner=flood))
    assert summary(done) == "1 passed, 20 warnings"
    assert len(done.out) < 200_000


# ------------------------------------------------------- in pytest's own process, where it must


def test_the_fallback_says_so(tmp_path):
    root = one(tmp_path, ": pass")
    assert "own process" not in run(root).out
    for words in ([], ["-v"], ["-q"]):
        done = run(root, "--kata-isolation=off", *words)
        assert done.out.count("in pytest's own process (--kata-isolation=off): your code can") == 1
        if "-v" in words:
            # Said before anything has been run.
            assert done.out.index("own process") < done.out.index("test_1 PASSED")
    assert "own process" not in run(root, "--kata-isolation=off", "--collect-only").out
    write(root / "other" / "test_other.py", "def test_other(): pass\n")
    other = [sys.executable, "-m", "pytest", "other", "--kata-isolation=off"]
    env = environment(root, "other")
    foreign = subprocess.run(other, cwd=root, env=env, capture_output=True, text=True, check=True)
    assert "own process" not in foreign.stdout


@pytest.mark.parametrize("how", ["pytest-cov", "coverage run"])
def test_coverage_of_the_learners_file(tmp_path, how):
    pytest.importorskip("coverage")
    learner = CALLS.replace(
        "return number", "if number > 1:\n        number += 0\n    return number"
    )
    root = one(tmp_path, ": pass", ": pass", learner=learner)
    write(root / ".coveragerc", "[report]\nformat = total\n")
    shown = ["-m", "coverage", "report", "--include=*/double.py"]
    if how == "pytest-cov":
        pytest.importorskip("pytest_cov")
        runs = [run(root, "--cov=katas", *words) for words in ((), ("-n2",))]
    else:
        words = [sys.executable, "-m", "coverage", "run", "-m", "pytest", "katas/"]
        env = environment(root, "cov")
        done = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True, check=True)
        runs = [Done(0, done.stdout, [])]
    for done in runs:
        assert "in pytest's own process (coverage is measured)" in done.out
        total = subprocess.run(
            [sys.executable, *shown], cwd=root, env=environment(root, "cov"), capture_output=True
        )
        assert total.stdout.split() == [b"100"], total


class Terminal:
    """pytest at a terminal of its own, where a person types."""

    def __init__(self, root: Path, *words: str) -> None:
        self.ours, theirs = pty.openpty()
        self.mark = uuid.uuid4().hex
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "katas/", *words],
            cwd=root,
            env=environment(root, self.mark, TERM="dumb"),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        os.set_blocking(self.ours, False)
        self.out = ""

    def read(self) -> str:
        try:
            while content := os.read(self.ours, 1 << 16):
                self.out += content.decode("utf-8", "replace").replace("\r\n", "\n")
        except OSError:
            pass
        return self.out

    def expect(self, words: str) -> None:
        assert wait_until(lambda: words in self.read()), self.out

    def type(self, words: str) -> None:
        self.out = ""
        os.write(self.ours, words.encode() + b"\n")

    def end(self) -> int:
        assert wait_until(lambda: (self.read(), self.process.poll())[1] is not None), self.out
        self.read()
        os.close(self.ours)
        assert not left(self.mark)
        return self.process.returncode


def test_pdb_at_a_failure(tmp_path):
    learner = CALLS.replace("return number * 2", "secret = number + 40\n    return secret / 0")
    terminal = Terminal(one(tmp_path, ": pass", learner=learner), "--pdb")
    terminal.expect("(Pdb) ")
    assert "in pytest's own process (--pdb)" in terminal.out
    terminal.type("p secret")
    terminal.expect("41\n")
    terminal.type("q")
    assert terminal.end() == pytest.ExitCode.INTERRUPTED


def test_breakpoint_with_pdb(tmp_path):
    facts = {"limits": {"seconds": 1, "memory": 256}}
    learner = CALLS.replace("return", "breakpoint()\n    return")
    terminal = Terminal(one(tmp_path, ": pass", learner=learner, facts=facts), "--pdb")
    terminal.expect("(Pdb) ")
    # Longer than the limit: thinking is not the code's time.
    terminal.type("import time; time.sleep(1.5); print(number + 40)")
    terminal.expect("41\n")
    terminal.type("c")
    assert terminal.end() == 0, terminal.out


def test_trace(tmp_path):
    terminal = Terminal(one(tmp_path, ": pass"), "--trace")
    terminal.expect("(Pdb) ")
    terminal.type("c")
    assert terminal.end() == 0, terminal.out


@pytest.mark.parametrize("stop", ["breakpoint()", "import pdb; pdb.set_trace()"])
def test_breakpoint_in_a_child(tmp_path, stop):
    learner = CALLS.replace("return", f"{stop}\n    return")
    root = one(tmp_path, ": pass", learner=learner)
    done = run(root)
    assert done.status == 1
    text = "\n".join(screen(done.out))
    assert "Your code stops at a breakpoint, and katas run where nobody can type." in text
    assert "To stop there, run pytest --pdb." in text
    assert re.search(rf"▸ +\d+ │     {re.escape(stop)}", text), text
    done = run(root, PYTHONBREAKPOINT="0")
    assert done.status == ("pdb" in stop)


# ---------------------------------------------------------------------------- the machine factor


def test_a_busy_machine_fails_nobody(tmp_path):
    """Half a second of work passes under a limit of one, and who is too slow learns why."""
    if (os.cpu_count() or 1) > 16:
        pytest.skip("too many processors to keep busy")
    facts = {"limits": {"seconds": 1, "memory": 256}}
    work = (
        "import time\n    end = time.process_time() + 0.5\n"
        "    while time.process_time() < end:\n        pass\n    return number * 2"
    )
    loop = SOLUTION.replace("return number * 2", "while True:\n        pass")
    good = Toy("alpha", facts=facts, learner=SOLUTION.replace("return number * 2", work))
    root = kit(tmp_path, good, Toy("bravo", facts=facts, learner=loop))
    busy = "import time\nend = time.monotonic() + 60\nwhile time.monotonic() < end: pass"
    count = 4 * (os.cpu_count() or 1)
    # Sessions of their own: the scheduler shares out between sessions first.
    others = [
        subprocess.Popen([sys.executable, "-c", busy], start_new_session=True) for _ in range(count)
    ]
    try:
        done = run(root, "-k", "one_")
    finally:
        for other in others:
            other.kill()
            other.wait()
    assert summary(done) == "1 failed, 1 passed, 2 deselected", done.out
    words = r"limit 1 s × (\d+\.\d), this machine is busy; your code ran (\d+\.\d) s"
    found = re.search(words, done.out)
    assert found, done.out
    assert float(found[1]) >= 1.1
    assert float(found[2]) >= float(found[1])


def test_an_optimizer_does_without_the_compiler(tmp_path: Path) -> None:
    learner = """import sys
import torch

def double(number):
    weight = torch.nn.Parameter(torch.ones(1))
    torch.optim.SGD([weight], lr=1.0).step()
    assert "torch._dynamo.utils" not in sys.modules, "the compiler was loaded"
    return number * 2
"""
    tests = TESTS.replace("from", "import torch\nfrom", 1)
    done = run(kit(tmp_path, Toy("alpha", learner=learner.replace("double", "alpha"), tests=tests)))
    assert done.status == 0, done.out


LAB_TESTS = '''"""The spec."""

import sys

import torch


def setup_function():
    # Ahead of the fixture `kata`, which seeds it.
    assert "numpy.random" in sys.modules


def test_one_doubled(kata):
    """What tests import of the lab is there before learner code runs, and under the seal."""
    assert {"pytest_kata.lab.checkpoint", "pytest_kata.lab.reviews"} <= sys.modules.keys()
    assert "pytest_kata.lab.conversations" not in sys.modules
    assert kata.double(torch.ones(1)).item() == 2


def never_called():
    from pytest_kata.lab import reviews
    from pytest_kata.lab.checkpoint import load_checkpoint
    from pytest_kata.lab.reviews import labelled
'''


def test_what_tests_use_is_loaded_before_learner_code(tmp_path: Path) -> None:
    root = kit(tmp_path, Toy("double", learner=SOLUTION, tests=LAB_TESTS))
    done = run(root)
    assert done.status == 0, done.out


FROZEN = """
import gc

def pytest_collection_finish():
    global before
    before = gc.get_freeze_count()

def pytest_unconfigure():
    print("frozen since:", gc.get_freeze_count() - before)
"""


@pytest.mark.parametrize("others", [False, True])
def test_garbage_collection_passes_by_katas_alone(others: bool, tmp_path: Path) -> None:
    """It would go through all of pytest again and again; but other tests may leave garbage."""
    root = kit(tmp_path, Toy("double", learner=SOLUTION))
    (root / "conftest.py").write_text(FROZEN)
    (root / "test_other.py").write_text("def test_other():\n    pass\n")
    told = run(root, "-s", *(["test_other.py"] if others else [])).out.partition("frozen since: ")[
        2
    ]
    assert (int(told.split()[0]) == 0) is others


def test_whatever_the_child_is_made_of_is_sealed() -> None:
    """In a Python that has loaded nothing else; and every name that is left out is a module's."""
    loads = "import sys, pytest_kata.child, pytest_kata.lab.checkpoint; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", loads], text=True).split()
    ours = {name for name in loaded if name.startswith("pytest_kata.")}
    assert "pytest_kata.checks" in ours
    assert not [name for name in ours if name.startswith(seal._ELSEWHERE)]
    assert all(map(importlib.util.find_spec, seal._ELSEWHERE))
