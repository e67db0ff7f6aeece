"""What there is to practise: `kata.toml` files read into Kata and Track, in their order.

The order is the numbers in the folder names, `katas/<nn_track>/<nn_kata>/`; a kata's identity is
the `id` in its `kata.toml`, which never changes, so that renumbering costs nobody progress.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_kata.outline import KINDS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LEVELS = ("easy", "intermediate", "medium", "advanced", "hard", "expert")

NUMBERED = re.compile(r"\d\d_[a-z][a-z0-9_]*")


class KitError(Exception):
    """Something a person can mend: one sentence, the place, and the next command to type."""

    def __init__(self, sentence: str, *, where: str = "", command: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.where = where
        self.command = command

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  try: {self.command}" if self.command else ""
        return f"{place}{self.sentence}{advice}"


@dataclass(frozen=True)
class Kata:
    """One concept to practise. Times are seconds, memory is MiB."""

    id: str
    title: str
    concept: str
    kinds: tuple[str, ...]
    level: str
    requires: tuple[str, ...]
    seconds: float
    memory: int
    clock: int | None
    attempts: int
    # Three levels, each of one text for all, or of one text for each task.
    hints: tuple[tuple[str, ...], ...]
    passes_as_shipped: bool
    folder: Path

    @property
    def tasks(self) -> int:
        """How many tasks have hints of their own; 0 if every hint is for the whole kata."""
        counts = {len(level) for level in self.hints}
        return max(counts - {1}, default=0)

    @property
    def name(self) -> str:
        """The learner's module name: `05_accuracy` holds `accuracy.py`."""
        return self.folder.name[3:]

    @property
    def number(self) -> str:
        return self.folder.name[:2]

    @property
    def track(self) -> str:
        return self.folder.parent.name

    @property
    def file(self) -> Path:
        """The one file the learner edits."""
        return self.folder / f"{self.name}.py"

    @property
    def tests(self) -> Path:
        return self.folder / f"test_{self.name}.py"


@dataclass(frozen=True)
class Track:
    """An ordered group of katas; `01_core` is called "core"."""

    folder: str
    katas: tuple[Kata, ...]

    @property
    def name(self) -> str:
        return self.folder[3:].replace("_", " ")


@dataclass(frozen=True)
class Catalog:
    """Every kata that could be read, in order, and what stands in the way of the others."""

    katas: tuple[Kata, ...]
    problems: tuple[KitError, ...] = ()

    def __iter__(self) -> Iterator[Kata]:
        return iter(self.katas)

    @property
    def tracks(self) -> tuple[Track, ...]:
        folders = dict.fromkeys(kata.track for kata in self.katas)
        return tuple(
            Track(folder, tuple(kata for kata in self.katas if kata.track == folder))
            for folder in folders
        )

    def find(self, word: str) -> Kata:
        """The kata with this id, module name, folder name or number.

        Raises KitError, with the nearest id, if there is none.
        """
        wanted = word.strip().lower()
        number = wanted.zfill(2) if wanted else ""
        for kata in self.katas:
            if wanted in (kata.id, kata.name, kata.folder.name) or number == kata.number:
                return kata
        near = difflib.get_close_matches(wanted, [kata.id for kata in self.katas], n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise KitError(f"there is no kata {word!r}{meant}", command="kata list")


def load(katas: Path) -> Catalog:
    """Read every `kata.toml` below `katas`; a broken one becomes a problem, not an exception."""
    found: dict[str, Kata] = {}
    problems: list[KitError] = []
    for file in sorted(katas.glob("*/*/kata.toml")):
        try:
            kata = read(file)
        except KitError as problem:
            problems.append(problem)
            continue
        if kata.id in found:
            problems.append(
                KitError(
                    f"the id {kata.id!r} is taken by {found[kata.id].folder}; give one of the "
                    "two another id",
                    where=line_of("id", file),
                    command="kata check",
                )
            )
            continue
        found[kata.id] = kata
    return Catalog(tuple(found.values()), tuple(problems))


def read_toml(file: Path) -> dict[str, Any]:
    """The table in a TOML file; raises KitError with path and line if there is none to be read."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _problem(file, f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise _problem(file, "is not UTF-8 text; save it as UTF-8") from None
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        # Without a line, the parser has come to the end of the file.
        number = line.group(1) if line else max(1, len(text.splitlines()))
        where = f"{file}:{number}"
        raise KitError(f"is not valid TOML: {error}", where=where, command="kata check") from None
    return table


def read(file: Path) -> Kata:
    """Read one `kata.toml`; raises KitError with path and line for anything missing or wrong."""
    table = read_toml(file)
    for folder in (file.parent, file.parent.parent):
        if not NUMBERED.fullmatch(folder.name):
            raise _problem(file, f"the folder {folder.name!r} must be named like 05_accuracy")

    unknown = sorted(set(table) - set(_RULES))
    if unknown:
        near = difflib.get_close_matches(unknown[0], _RULES, n=1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise _problem(file, f"unknown key {unknown[0]!r}{meant}", key=unknown[0])
    for key, (rule, wish) in _RULES.items():
        if key not in table:
            if key in _OPTIONAL:
                continue
            raise _problem(file, f"the key {key!r} is missing; it must be {wish}")
        if not rule(table[key]):
            raise _problem(file, f"{key!r} must be {wish}", key=key)

    clock = table.get("clock")
    return Kata(
        id=table["id"],
        title=table["title"],
        concept=table["concept"],
        kinds=tuple(table["kind"]),
        level=table["level"],
        requires=tuple(table.get("requires", ())),
        seconds=float(table["limits"]["seconds"]),
        memory=table["limits"]["memory"],
        clock=_clock_seconds(clock) if clock else None,
        attempts=table["attempts"],
        hints=tuple(_level(hint) for hint in table["hints"]),
        passes_as_shipped=table.get("passes_as_shipped", False),
        folder=file.parent.resolve(),
    )


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _hints(value: Any) -> bool:
    """Texts, or lists of texts that are all equally long, one for each task."""
    if not isinstance(value, list):
        return False
    by_task = [hint for hint in value if not isinstance(hint, str)]
    lengths = {len(hint) for hint in by_task if _texts(hint)}
    return all(map(_texts, by_task)) and len(lengths) <= 1 and not lengths & {0, 1}


def _level(hint: str | list[str]) -> tuple[str, ...]:
    return tuple(text.strip() for text in ([hint] if isinstance(hint, str) else hint))


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _limits(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"seconds", "memory"}
        and isinstance(value["seconds"], (int, float))
        and not isinstance(value["seconds"], bool)
        and 0 < value["seconds"] <= 3600
        and _count(value["memory"])
    )


def _clock_seconds(clock: str) -> int:
    minutes, seconds = clock.split(":")
    return int(minutes) * 60 + int(seconds)


_RULES: dict[str, tuple[Callable[[Any], object], str]] = {
    "id": (
        lambda v: isinstance(v, str) and re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", v),
        "words in lower case joined by hyphens, like load-pretrained",
    ),
    "title": (_text, "a short text"),
    "concept": (_text, "a short text"),
    "kind": (
        lambda v: isinstance(v, list) and v and all(word in KINDS for word in v),
        f"a list of one or more of {', '.join(KINDS)}",
    ),
    "level": (lambda v: v in LEVELS, f"one of {', '.join(LEVELS)}"),
    "requires": (_texts, "a list of kata ids"),
    "limits": (
        _limits,
        "a table like { seconds = 2, memory = 512 }: at most 3600 seconds, and MiB",
    ),
    "clock": (
        lambda v: isinstance(v, str) and re.fullmatch(r"\d{1,2}:[0-5]\d", v),
        'minutes and seconds of thinking time, like "2:00"',
    ),
    "attempts": (_count, "the attempt budget for gold, a whole number from 1"),
    "hints": (
        _hints,
        "a list of three hints, from nudge to nearly there: each a text, or a list of texts, "
        "one for each of two tasks or more",
    ),
    "passes_as_shipped": (lambda v: isinstance(v, bool), "true or false"),
}
_OPTIONAL = {"requires", "clock", "passes_as_shipped"}


def _problem(file: Path, sentence: str, key: str = "") -> KitError:
    return KitError(sentence, where=line_of(key, file), command="kata check")


def line_of(key: str, file: Path) -> str:
    """`file:line` of the line that sets `key`; line 1 where there is none."""
    if key:
        pattern = re.compile(rf"\s*\[?{re.escape(key)}\b")
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            lines = []
        for number, line in enumerate(lines, start=1):
            if pattern.match(line):
                return f"{file}:{number}"
    return f"{file}:1"
