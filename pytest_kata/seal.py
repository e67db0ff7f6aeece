"""A seal on what judges: broken if learner code replaced any of it.

Tests trust the checks, pytest, torch and Python's builtins. All of them live in the process of
the learner's code, which may replace any of them. So what they are is written down before the
code runs, and compared after: whatever was replaced or removed breaks the seal, and a test that
broke it has not passed. What was added is ignored, unless it hides something.

This makes cheating hard, not impossible: code that undoes its traces in time is not seen.
"""

from __future__ import annotations

import builtins
import operator
import sys
import threading
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

import pytest

# Beginnings of the names of modules that are sealed with the classes they define.
_JUDGES = (
    *("_pytest._code.", "_pytest.fixtures", "_pytest.nodes", "_pytest.outcomes", "_pytest.python"),
    *("_pytest.reports", "_pytest.runner", "_pytest.skipping", "json.", "pluggy."),
    *("pytest_kata.",),
)
# Those that work in pytest's process alone, which learner code does not reach. To look at them
# after each test would take a quarter of the time in a watch.
_ELSEWHERE = tuple(
    f"pytest_kata.{name}"
    for name in (
        *("badges", "cli", "commands", "course", "dates", "dojo", "editor", "events", "guard"),
        *("journal", "keepers", "memory", "modes", "practice", "progress", "recording", "render"),
        *("replay", "results", "rounds", "rows", "runner", "table", "watch"),
    )
)
_TRUSTED = frozenset(
    (
        *("builtins", "contextlib", "json", "math", "numpy", "os", "pytest", "re", "signal"),
        *("threading", "time", "torch", "torch.linalg", "torch.nn", "torch.nn.functional"),
        "torch.testing",
    )
)
_CLASSES = (("torch", "Tensor"), ("torch.nn", "Module"), ("torch.nn", "Linear"))

# Names that Python and pytest set as they go (a copy, say, notes the slots of a class), and that
# torch does: at the first optimizer, and when the default dtype changes.
_RESTLESS = frozenset(
    {"_", "__builtins__", "__warningregistry__", "environ"}
    | {"__slotnames__", "__annotations__", "__annotations_cache__", "__annotate_func__"}
    | {"manual_seed", "Storage"}
)
# What a module takes from builtins as long as it has no such name itself.
_SHADOWS = frozenset(vars(builtins))


def seal(modules: Iterable[types.ModuleType], config: pytest.Config) -> Callable[[], str]:
    """Write down what the judges, `modules` and the hooks of `config` are at this moment.

    What comes back says what was replaced or removed first, as `module.name`; "" if nothing was.
    It is a closure over all that it uses, so that no name leads to it, and compares by identity
    alone, so that nothing it looks at is asked.
    """
    look, table, every, each, same = builtins.vars, sys.modules, all, map, operator.is_
    length, restless = len, _RESTLESS
    loaded, judges, known = _judges(len(sys.modules))
    # threading makes its locks anew in every fork.
    fresh = [_held(module.__name__, module, _SHADOWS) for module in [threading, *modules]]
    held = judges + fresh
    functions = known + _functions_of(fresh)
    parts = [
        (get, [function for _, function in functions], [get(function) for _, function in functions])
        for get in map(operator.attrgetter, ("__code__", "__defaults__", "__kwdefaults__"))
    ]
    views = [(place, view, view()) for place, view in _views(functions, config, loaded)]

    def broken() -> str:
        # Modules first: what follows may use builtins.
        for name, module in loaded.items():
            if table.get(name) is not module:
                return f"sys.modules[{name!r}]"
        for place, owner, names, values, size, hidden in held:
            now = look(owner)
            if not every(each(same, each(now.get, names), values)):
                changed = [*each(same, each(now.get, names), values)].index(False)
                return f"{place}.{names[changed]}"
            if length(now) != size:
                for name in now.keys() - names:
                    if name not in restless and name in hidden:
                        return f"{place}.{name}"
        for get, owners, values in parts:
            if not every(each(same, each(get, owners), values)):
                changed = [*each(same, each(get, owners), values)].index(False)
                return f"{functions[changed][0]}"
        for place, view, before in views:
            after = view()
            if length(after) != length(before) or not every(each(same, after, before)):
                return place
        return ""

    return broken


@lru_cache(maxsize=1)
def _judges(loaded_modules: int) -> tuple[dict[str, types.ModuleType], list[Any], list[Any]]:
    """The sealed modules by name, what they and their classes hold, and their functions.

    The keeper asks for it before it forks, so that children find it done; it is done anew when
    the number of loaded modules is another.
    """
    loaded = {name: m for name, m in list(sys.modules.items()) if _is_sealed(name, m)}
    held = [_held(place, m, _SHADOWS) for place, m in loaded.items() if m is not threading]
    # What a class comes to have of its own hides what it inherits.
    held += [_held(place, kind, frozenset(dir(kind))) for place, kind in _classes(loaded)]
    return loaded, held, _functions_of(held)


def _functions_of(held: Iterable[tuple[Any, ...]]) -> list[tuple[str, types.FunctionType]]:
    return [
        (f"{place}.{name}", function)
        for place, owner, *_ in held
        if not place.startswith(("torch", "numpy"))
        for name, value in vars(owner).items()
        if type(value) is types.FunctionType
        for function in _functions(value)
    ]


def look_ahead() -> None:
    """Do now, once for all children, the part of `seal` that is the same for them."""
    _judges(len(sys.modules))


def _held(place: str, owner: Any, hidden: frozenset[str]) -> tuple[Any, ...]:
    """A module or class with its names and values; `hidden` are names it must not come to have."""
    content = dict(vars(owner))
    for name in _RESTLESS & content.keys():
        del content[name]
    return place, owner, list(content), list(content.values()), len(vars(owner)), hidden


def _is_sealed(name: str, module: Any) -> bool:
    # A module that waits for its first use is of another type.
    if type(module) is not types.ModuleType or name.startswith(_ELSEWHERE):
        return False
    return name in _TRUSTED or name.startswith(_JUDGES)


def _classes(loaded: Mapping[str, types.ModuleType]) -> Iterator[tuple[str, type]]:
    for module, name in _CLASSES:
        if module in loaded:
            yield f"{module}.{name}", vars(loaded[module])[name]
    for place, found in loaded.items():
        for name, value in vars(found).items() if place.startswith(_JUDGES) else ():
            if isinstance(value, type) and value.__module__ == place:
                yield f"{place}.{name}", value


def _functions(value: Any) -> Iterator[types.FunctionType]:
    """The Python functions behind a value, below what wraps them."""
    while type(value) is types.FunctionType:
        yield value
        value = getattr(value, "__wrapped__", None)


def _views(
    functions: Iterable[tuple[str, types.FunctionType]],
    config: pytest.Config,
    loaded: Mapping[str, types.ModuleType],
) -> Iterator[tuple[str, Callable[[], list[Any]]]]:
    """What else must stay as it is: a place, and how to look at it.

    The insides of functions that have any, who listens to pytest's hooks, and who listens in on
    every call: Python's trace, and torch's modes. The views are closures for the reason that
    `seal` is one.
    """

    def inside(function: types.FunctionType) -> list[Any]:
        found: list[Any] = [*(function.__kwdefaults__ or {}).values()]
        for cell in function.__closure__ or ():
            try:
                found.append(cell.cell_contents)
            except ValueError:
                found.append(None)
        return found

    def listeners(caller: Any) -> list[Any]:
        return [caller._hookexec, *caller._hookimpls, *[one.function for one in caller._hookimpls]]

    for place, function in functions:
        if function.__closure__ or function.__kwdefaults__:
            yield place, partial(inside, function)
    for name, caller in vars(config.hook).items():
        yield f"pytest's {name}", partial(listeners, caller)
    yield "Python's trace function", lambda: [sys.gettrace(), sys.getprofile()]
    if "torch" in loaded:
        torch = loaded["torch"]._C
        depths = torch._len_torch_function_stack, torch._len_torch_dispatch_stack
        yield "what torch's functions do", lambda: [depth() for depth in depths]
