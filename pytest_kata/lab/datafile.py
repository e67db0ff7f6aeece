"""Data files that come with the package: one JSON object a line."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

from pytest_kata.catalog import KitError

if TYPE_CHECKING:
    from importlib.abc import Traversable

AGAIN = "pip install --force-reinstall pytest-kata"


def folder() -> Traversable:
    """Where the data files are."""
    return resources.files("pytest_kata.lab") / "data"


def records(name: str) -> list[dict[str, Any]]:
    """The objects of a data file, in order; raises KitError if it is missing or broken."""
    file = folder() / name
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise KitError("the data file is missing", where=str(file), command=AGAIN) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise KitError(f"cannot be read ({reason})", where=str(file), command=AGAIN) from None
    except UnicodeDecodeError:
        raise KitError("is not UTF-8 text", where=str(file), command=AGAIN) from None
    if not lines:
        raise KitError("the data file is empty", where=str(file), command=AGAIN)
    # All at once takes a fifth of the time; line by line finds the broken one.
    found = _objects(f"[{','.join(lines)}]")
    if found is None or len(found) != len(lines):
        found = []
        for number, line in enumerate(lines, start=1):
            record = _objects(f"[{line}]")
            if record is None or len(record) != 1:
                raise broken(name, number, "is not a JSON object")
            found += record
    return found


def _objects(text: str) -> list[dict[str, Any]] | None:
    """The objects of a JSON array; None if it is no such thing, or holds something else."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    whole = isinstance(found, list) and all(isinstance(record, dict) for record in found)
    return found if whole else None


def broken(name: str, line: int, what: str) -> KitError:
    """The error for one line of a data file: `what` completes "this line ..."."""
    return KitError(f"this line {what}", where=f"{folder() / name}:{line}", command=AGAIN)
