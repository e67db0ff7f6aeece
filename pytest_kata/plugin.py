"""pytest hooks and options."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_kata.subject import Subject
from pytest_kata.workspace import Workspace


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kata", "katas")
    group.addoption("--kata-source", default="learner", dest="kata_source")
    group.addoption("--kata-seed", type=int, default=0, dest="kata_seed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kata" not in metafunc.fixturenames:
        return
    label = metafunc.config.getoption("kata_source")
    space = Workspace.find(metafunc.module.__file__ and Path(metafunc.module.__file__).parent)
    if label == "every":
        item = next(k for k in space.catalog() if k.tests == Path(metafunc.module.__file__))
        metafunc.parametrize("kata", [s.label for s in space.sources(item)], indirect=True)


@pytest.fixture()
def kata(request: pytest.FixtureRequest) -> Any:
    label = getattr(request, "param", None) or request.config.getoption("kata_source")
    space = Workspace.find(request.path.parent)
    item = next(k for k in space.catalog() if k.tests == request.path)
    if "torch" in sys.modules:
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(request.config.getoption("kata_seed"))
    return Subject(space.source(item, label), item.name)


@pytest.fixture()
def kata_seed(request: pytest.FixtureRequest) -> int:
    return request.config.getoption("kata_seed")
