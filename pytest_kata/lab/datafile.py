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
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            raise broken(name, number, "is not a JSON object")
        found.append(record)
    if not found:
        raise KitError("the data file is empty", where=str(file), command=AGAIN)
    return found


def broken(name: str, line: int, what: str) -> KitError:
    """The error for one line of a data file: `what` completes "this line ..."."""
    return KitError(f"this line {what}", where=f"{folder() / name}:{line}", command=AGAIN)
