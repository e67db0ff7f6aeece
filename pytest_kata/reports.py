"""What `kata report` writes, and where: what is not ours stays, and nothing is half written."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from pathlib import Path

from pytest_kata.catalog import KitError
from pytest_kata.render.svg import MARK, card, chosen, state
from pytest_kata.rows import Table

PAGE, PICTURE = "kata-report.html", "kata-badge.svg"


def picture(table: Table, wanted: str) -> tuple[str, str]:
    """The picture of a badge, and a sentence on what it shows. Raises KitError if there is none."""
    badge = chosen(table, wanted)
    others = [one["name"] for one in table["badges"] if one["earned"] and one != badge]
    said = f"It shows {badge['name']}, {state(badge)}."
    if not badge["earned"] and not others:
        said += " No badge is earned yet."
    elif others and not wanted:
        said += f" --badge {shlex.quote(others[0])} shows another one."
    return card(badge, table["learner"]), said


def write(path: Path, text: str, force: bool = False) -> None:
    """Write `text` as UTF-8, whole or not at all. Raises KitError, and then nothing was changed."""
    if path.is_dir():
        name = PICTURE if text.startswith("<svg") else PAGE
        raise KitError("is a folder", where=str(path), command=f"kata report {path / name}")
    # What a link stands for, so that the link stays one.
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():
            raise KitError("is not a file; nothing was written", where=str(path))
        if target.exists() and not force and not is_ours(target):
            raise KitError(
                "is there already and is no report of ours; nothing was written",
                where=str(path),
                command="kata report --force, or another name",
            )
        _replace(target, text.encode("utf-8", "replace"))
    except OSError as error:
        raise KitError(
            f"cannot be written ({error.strerror}); nothing was changed", where=str(path)
        ) from None


def is_ours(file: Path) -> bool:
    """Whether `kata report` made the file. An empty one holds nothing to lose."""
    with file.open("rb") as stream:
        head = stream.read(1000)
    return not head or MARK.encode() in head


def _replace(target: Path, content: bytes) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
