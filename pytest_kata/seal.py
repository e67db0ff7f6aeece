"""A seal on what judges: broken if learner code replaced any of it.

Tests trust the checks, pytest, torch and Python's builtins. All of them live in the process of
the learner's code, which may replace any of them. So what they are is written down before the
code runs, and compared after: whatever was replaced or removed breaks the seal, and a test that
broke it has not passed. What was added is ignored.

This makes cheating hard, not impossible: code that undoes its traces in time is not seen.
"""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

MODULES = (
    "builtins",
    "json",
    "math",
    "os",
    "time",
    "signal",
    "pytest",
    "_pytest.outcomes",
    "_pytest.python",
    "_pytest.runner",
    "_pytest.reports",
    "pluggy._callers",
    "pluggy._hooks",
    "pytest_kata.child",
    "pytest_kata.checks",
    "pytest_kata.feedback",
    "pytest_kata.plugin",
    "pytest_kata.seal",
    "pytest_kata.subject",
    "torch",
    "torch.testing",
    "torch.nn.functional",
    "torch.linalg",
)
CLASSES = (
    ("pytest_kata.checks", "Miss"),
    ("pytest_kata.subject", "Subject"),
    ("pytest_kata.child", "Reporter"),
    ("_pytest.runner", "CallInfo"),
    ("_pytest.python", "Function"),
    ("torch", "Tensor"),
    ("torch.nn", "Module"),
    ("torch.nn", "Linear"),
)

# Names that Python and pytest themselves set as they go.
_RESTLESS = {"_", "__builtins__", "__warningregistry__", "environ"}


class Seal:
    """What the modules and classes hold at the moment of making."""

    def __init__(self, modules: Iterable[types.ModuleType]) -> None:
        names = {name: sys.modules[name] for name in MODULES if _is_loaded(name)}
        self._modules = names
        self._held: list[tuple[str, Any, dict[str, Any]]] = [
            (name, module, dict(vars(module))) for name, module in names.items()
        ]
        for module in modules:
            self._held.append((module.__name__, module, dict(vars(module))))
        for owner, name in CLASSES:
            if owner in names or (_is_loaded(owner) and owner in sys.modules):
                kind = getattr(sys.modules[owner], name, None)
                if kind is not None:
                    self._held.append((f"{owner}.{name}", kind, dict(vars(kind))))
        self._codes = [
            (name, function, function.__code__)
            for place, _, held in self._held
            if not place.startswith("torch")
            for name, function in held.items()
            if type(function) is types.FunctionType
        ]
        # Used after learner code has run, when the names may mean something else.
        self._vars: Callable[[Any], Any] = builtins.vars
        self._table = sys.modules

    def broken(self) -> str:
        """What was replaced or removed first, as `module.name`; empty if nothing was."""
        missing = object()
        for name, module in self._modules.items():
            if self._table.get(name, missing) is not module:
                return f"sys.modules[{name!r}]"
        for place, owner, held in self._held:
            now = self._vars(owner)
            for name, value in held.items():
                if now.get(name, missing) is not value and name not in _RESTLESS:
                    return f"{place}.{name}"
        for name, function, code in self._codes:
            if function.__code__ is not code:
                return f"{name}.__code__"
        return ""


def _is_loaded(name: str) -> bool:
    """Whether a module is there, and not a stand-in for one."""
    return type(sys.modules.get(name)) is types.ModuleType
