"""Options and fixtures, and the door by which katas come into a pytest session.

The plugin is installed where most tests are not katas. So nothing of it is imported before the
first one is met, and a test suite without katas does not pay for it.
"""

from __future__ import annotations

import random
import re
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_kata.outline import KINDS, has_kata, is_katas_folder, marker

if TYPE_CHECKING:
    from pytest_kata.session import KataSession
    from pytest_kata.subject import Subject

LABELS = re.compile(r"learner|solution|starter|every|other:\w+|mistake:\w+")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kata", "katas")
    group.addoption(
        "--kata-source",
        dest="kata_source",
        default="learner",
        metavar="SOURCE",
        help="what the katas' tests run: learner (default), solution, starter, other:NAME, "
        "mistake:NAME, or every. Only learner is recorded.",
    )
    group.addoption(
        "--kata-home",
        dest="kata_home",
        default="",
        metavar="DIR",
        help="where the journal and the archive are kept (default: .kata beside katas/; "
        "also KATA_HOME)",
    )
    group.addoption(
        "--kata-seed",
        dest="kata_seed",
        type=int,
        default=0,
        metavar="N",
        help="seed for the tests that draw random inputs (default: 0)",
    )
    group.addoption(
        "--kata-challenge",
        dest="kata_challenge",
        action="store_true",
        help="run the challenge: begin one if none is under way, and run its kata alone",
    )
    group.addoption(
        "--kata-isolation",
        dest="kata_isolation",
        choices=("auto", "off"),
        default="auto",
        help="auto: a child process per kata where the platform can; off: in pytest's own process",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "task(n): the part of a kata's task, counted from 1, that a test is about"
    )
    for kind in KINDS:
        config.addinivalue_line("markers", f"{marker(kind)}: tests of a kata of the kind {kind}")
    label = config.getoption("kata_source")
    if not LABELS.fullmatch(label):
        raise pytest.UsageError(
            f"--kata-source={label} is not a source; say learner, solution, starter, "
            "other:NAME, mistake:NAME or every"
        )
    if not config.pluginmanager.hasplugin("timeout"):
        # We mark tests with it, which --strict-markers would refuse under -p no:timeout.
        config.addinivalue_line("markers", "timeout(seconds): how long a kata's test may run")
    config.pluginmanager.register(Door(config), "kata-door")


@pytest.fixture
def kata(request: pytest.FixtureRequest) -> Subject:
    """The code under test: `kata.accuracy(...)` calls the learner's `accuracy`."""
    from pytest_kata import lazy
    from pytest_kata.selection import BOUND
    from pytest_kata.subject import Subject

    bound = request.node.stash.get(BOUND, None)
    if bound is None:
        pytest.fail("the fixture kata is for the tests of a kata, beside its kata.toml", False)
    seed = request.config.getoption("kata_seed")
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)
    if "torch" in vars(request.module):
        # Now, and not under the test's time limit: an import that is cut short stays broken.
        lazy.load_torch()
    if lazy.torch_is_loaded():
        # Not torch.manual_seed: it also calls on every kind of device, which takes milliseconds.
        sys.modules["torch"].default_generator.manual_seed(seed)
    return Subject(bound.workspace.source(bound.kata, bound.label), bound.kata.name)


@pytest.fixture
def kata_seed(request: pytest.FixtureRequest) -> int:
    """The seed for explicit generators; `--kata-seed` sets it."""
    seed: int = request.config.getoption("kata_seed")
    return seed


class Door:
    """Waits for the first kata, and lets `session.py` in."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        option = self.config.option
        only_katas = self._only_katas()
        # An xdist controller collects nothing, and never meets one.
        blind = getattr(option, "dist", "no") != "no" and not hasattr(self.config, "workerinput")
        if only_katas or blind or option.kata_challenge or option.kata_source != "learner":
            session = self._open()
            if only_katas:
                session.keep_calm()

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        if isinstance(collector, pytest.Module) and has_kata(collector.path.parent):
            # pytest asks those who were there when this moment began.
            self._open().pytest_collectstart(collector)

    def _open(self) -> KataSession:
        from pytest_kata.session import session_of

        self.config.pluginmanager.unregister(self)
        return session_of(self.config)

    def _only_katas(self) -> bool:
        """Whether every argument of the command line lies inside of a kit's katas/."""
        top = self.config.rootpath
        for arg in self.config.args:
            path = (self.config.invocation_params.dir / str(arg).split("::")[0]).resolve()
            above = [folder for folder in (path, *path.parents) if folder.is_relative_to(top)]
            if not any(map(is_katas_folder, above)):
                return False
        return bool(self.config.args)
