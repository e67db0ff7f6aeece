"""torch, imported when it is first used; and its compiler, imported when it is first needed.

Importing torch takes longer than everything else in a run together, and the tests of a kata that
nobody has started need only be collected. So while they are collected, `import torch` at their
top yields a stand-in, which hands every question on to the real torch and loads it for the first.

The first optimizer that takes a step imports the compiler, `torch._dynamo`, which takes as long as
torch itself, only to say that it is not to be compiled. There is no switch for that, so in the
processes where katas run a stand-in says it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from typing import Any

# Of the names with underscores, those for which torch is needed. Imports, pytest's collection and
# `inspect` ask whatever they come across for others, only to pass it by.
_OF_TORCH = ("__path__", "__version__")


class _StandIn(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") and name not in _OF_TORCH:
            raise AttributeError(name)
        return getattr(load_torch(), name)


class _NoCompiler(types.ModuleType):
    """What `torch._dynamo` does where nothing is compiled; all else loads the real one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)

    @staticmethod
    def graph_break(*args: Any, **kwargs: Any) -> None:
        """Between two parts of a function that would be compiled apart."""

    def disable(self, fn: Any = None, *args: Any, **kwargs: Any) -> Any:
        """`fn`, never to be compiled."""
        if fn is None:
            return self.__getattr__("disable")(fn, *args, **kwargs)
        return fn


def defer_torch() -> None:
    """Let `import torch` yield the stand-in, if torch is installed and not loaded."""
    spec = None if "torch" in sys.modules else importlib.util.find_spec("torch")
    if spec is not None:
        stand_in = _StandIn("torch")
        stand_in.__spec__ = spec
        sys.modules["torch"] = stand_in


def load_torch() -> Any:
    """The real torch, for everybody who imports it from now on."""
    forget_stand_in()
    return importlib.import_module("torch")


def defer_compiler() -> None:
    """Let the first optimizer of this process do without importing the compiler."""
    name = "torch._dynamo"
    if name not in sys.modules:
        stand_in = _NoCompiler(name)
        stand_in.__spec__ = importlib.util.find_spec(name)
        sys.modules[name] = stand_in
        setattr(sys.modules["torch"], "_dynamo", stand_in)  # noqa: B010


def forget_stand_in() -> None:
    """Let the next `import torch` load the real one."""
    if isinstance(sys.modules.get("torch"), _StandIn):
        del sys.modules["torch"]


def torch_is_loaded() -> bool:
    """Whether torch has really been loaded."""
    return "torch" in sys.modules and not isinstance(sys.modules["torch"], _StandIn)
