"""The code under test: loads a source and climbs the ladder's first three rungs.

A test reaches the learner's code through the fixture `kata`, a Subject: `kata.accuracy(...)`.
Nothing is executed before the first attribute is asked for, so that a file that loops or dies at
import fails the test that asked for it and nothing else.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from pytest_kata.checks import Miss
from pytest_kata.workspace import Source, read_regular


class Subject:
    """The module that a source defines, loaded afresh for each test."""

    def __init__(self, source: Source, name: str) -> None:
        self._source = source
        self._name = name
        self._module: types.ModuleType | None = None
        self._called: tuple[types.CodeType, str] | None = None

    def __repr__(self) -> str:
        return f"<kata {self._name} ({self._source.label})>"

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name.startswith("__"):
            raise AttributeError(name)
        if self._module is None:
            self._module = load(self._source, self._name)
        try:
            value = vars(self._module)[name]
        except KeyError:
            raise Miss(
                "defined",
                f"there is no {name} in {self._source.files[0].name}",
                because=f"The tests call it by this name: {name}.",
            ) from None
        if isinstance(value, types.FunctionType):
            return self._watched(value, name)
        return value

    def _watched(self, function: types.FunctionType, name: str) -> Callable[..., Any]:
        """`function`, with a call that does not fit its signature told as such."""
        code = _code(function)

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            self._called = code, name
            signature = _signature(function)
            try:
                if signature is not None:
                    signature.bind(*args, **kwargs)
            except TypeError as error:
                words = [_kind(arg) for arg in args]
                words += [f"{key}={_kind(arg)}" for key, arg in kwargs.items()]
                raise Miss(
                    "callable",
                    f"{name}({', '.join(words)}) does not fit its signature: {error}",
                    because="Compare the def line with the contract at the top of the file.",
                ) from None
            return function(*args, **kwargs)

        return call

    def _place(self) -> tuple[str, int, str] | None:
        """Path, line and name of the function that was last called, for a failure outside of it."""
        if self._called is None:
            return None
        code, name = self._called
        return code.co_filename, code.co_firstlineno, name


def _signature(function: types.FunctionType) -> inspect.Signature | None:
    """The signature, or None where nothing can be known of it: a decorator may claim anything."""
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def load(source: Source, name: str) -> types.ModuleType:
    """Execute the files of `source` in one fresh module called `name`.

    The text is compiled here and no bytecode is ever written or read: a .pyc is trusted by
    whole-second mtime and size, which two quick edits can share. Raises Miss for a missing file;
    whatever the file itself raises passes through.
    """
    __tracebackhide__ = True
    module = types.ModuleType(name)
    module.__file__ = str(source.files[0])
    # Dataclasses and pickles look their module up by name.
    sys.modules[name] = module
    for file in source.files:
        try:
            text = read_regular(file)
        except FileNotFoundError:
            raise Miss(
                "imports",
                f"{file.name} is not there",
                because="kata reset brings the starter back; kata undo brings your work back.",
            ) from None
        except OSError as error:
            raise Miss("imports", f"{file.name} cannot be read ({error.strerror})") from None
        if b"\0" in text:
            # Python has no line for this one, and before 3.12 another error.
            raise Miss("imports", f"{file.name} holds a null byte, so it was not saved as text")
        exec(_compiled(text, str(file)), vars(module))
    return module


@lru_cache(maxsize=16)
def _compiled(text: bytes, file: str) -> types.CodeType:
    """Each test loads the file afresh; compiling it takes longer than all else of that."""
    return compile(text, file, "exec", dont_inherit=True)


def _code(function: types.FunctionType) -> types.CodeType:
    """The code of the function under its decorators, which can say that they wrap anything."""
    try:
        inner = inspect.unwrap(function)
    except ValueError:
        inner = function
    code = getattr(inner, "__code__", None)
    return code if isinstance(code, types.CodeType) else function.__code__


def _kind(value: Any) -> str:
    return type(value).__name__
