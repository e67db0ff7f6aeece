"""What every test of the kit stands on: an environment without the kit's own settings."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from toys import Kit, Result, environment, run, three_katas

pytest_plugins = ["pytester"]

# Who is started in the background by a shell without job control ignores Ctrl-C, and so would
# every process that is tested here.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How fast this machine is decides nothing.
settings.register_profile("kit", deadline=None, max_examples=50)
settings.load_profile("kit")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """No test sees whose journal, or whose learner, the person at this machine has chosen."""
    for name in ("KATA_HOME", "KATA_LEARNER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    """Three katas that nobody has started: double, triple, and in a second track quadruple."""
    return three_katas(tmp_path / "kit")


@pytest.fixture
def bare(tmp_path: Path) -> Kit:
    """A folder without any kata, yet."""
    return Kit(tmp_path / "bare")


@pytest.fixture(scope="session")
def run_python() -> Callable[..., Result]:
    """`run`, for what is neither pytest nor the command."""
    return run


@pytest.fixture(scope="session")
def clean_environment() -> dict[str, str]:
    return environment()


@pytest.fixture(scope="session")
def new_kit(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Kit]:
    """The same for tests that share one run."""
    return lambda: three_katas(tmp_path_factory.mktemp("kit"))
