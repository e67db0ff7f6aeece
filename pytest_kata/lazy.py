"""torch, imported when it is first used.

Importing torch takes longer than everything else in a run together, and the tests of a kata that
nobody has started need only be collected. So `import torch` at the top of a kata's tests yields
a module that is loaded at the first touch (`importlib.util.LazyLoader`).
"""

from __future__ import annotations

import importlib.util
import sys
import types
from typing import Any

# The special names for which torch itself is needed. `import`, `isinstance`, `inspect` and pytest's
# collection ask whatever they come across for others, only to pass it by.
_OF_TORCH = ("__all__", "__dict__", "__path__", "__version__")


class _Deferred(types.ModuleType):
    """A lazy module that can be imported and passed by without being loaded.

    The stock one loads when an `import` statement finds it in `sys.modules` and asks for its
    spec, when pytest looks through the names of a test module for fixtures, and when `inspect`
    asks every module for its file to find the source of one frame.
    """

    def __getattribute__(self, name: str) -> Any:
        if name == "_mock_name" or (name.startswith("__") and name not in _OF_TORCH):
            return object.__getattribute__(self, name)
        self.__class__ = importlib.util._LazyModule  # type: ignore[attr-defined]
        return getattr(self, name)


def defer_torch() -> None:
    """Make the next `import torch` of this process lazy, if torch is there and not yet loaded."""
    if "torch" in sys.modules:
        return
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.loader is None:
        return
    loader = importlib.util.LazyLoader(spec.loader)
    spec.loader = loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["torch"] = module
    loader.exec_module(module)
    module.__class__ = _Deferred


def torch_is_loaded() -> bool:
    """Whether torch has really been loaded, not merely imported lazily."""
    return type(sys.modules.get("torch")) is types.ModuleType
