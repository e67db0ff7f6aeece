"""torch, imported when it is first used.

Importing torch takes longer than everything else in a run together, and the tests of a kata that
nobody has started need only be collected. So `import torch` at the top of a kata's tests yields
a module that is loaded at the first touch (`importlib.util.LazyLoader`).
"""

from __future__ import annotations

import importlib.util
import sys
import types


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


def torch_is_loaded() -> bool:
    """Whether torch has really been loaded, not merely imported lazily."""
    return type(sys.modules.get("torch")) is types.ModuleType
