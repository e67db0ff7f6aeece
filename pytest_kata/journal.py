"""The append-only log of what happened, and the only thing the kit stores.

One JSON object a line; each event is a single write of a newline, the object and a newline on a
descriptor opened for appending, so that writers never mix, a torn line heals with the next
event, and journals of two machines merge by concatenation. Only the controlling process writes.
"""

from __future__ import annotations

import gc
import io
import json
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from pytest_kata.dates import minute

VERSION = 1
DEFAULT_LEARNER = "learner"
# Two machines' clocks may differ by so much without anybody having to know.
AHEAD_SECONDS = 300.0

EVENTS = ("started", "finished", "hint", "solution", "reset", "undo")
ROUNDS = ("challenge", "opened", "closed")
BADGE = "badge"


class Event(NamedTuple):
    """One thing that happened to one kata.

    `t` is seconds since the epoch; `run` joins a `started` with its `finished`; `sha256` is the
    hash of the learner's file, `untouched` whether that was the starter. `tests` counts the tests
    of the whole kata, so that a run of some of them cannot pass for all.

    A round (`opened`, `closed`) has a `mode`, challenge or review, and its own `run`; the rounds of
    one challenge share a `series`, which is the `run` of its `challenge` and of its own `closed`,
    both of them with no kata. `badge` says that one run has passed all that the badge `mode` asks
    for. `driver` is who sat at the keyboard in a dojo. `task` is the task that the first failing
    test of a run is about, or that a hint was given for; 0 for none, and for all.
    `losses` are the loss curves that a run has shown, as `curves.written` has them.
    """

    t: float
    learner: str
    kata: str
    event: str
    run: str = ""
    sha256: str = ""
    untouched: bool = False
    outcome: str = ""
    passed: int = 0
    failed: int = 0
    tests: int = 0
    seconds: float = 0.0
    level: int = 0
    mode: str = ""
    series: str = ""
    driver: str = ""
    task: int = 0
    losses: str = ""


# A line with nothing in it, and what the types of its fields may be, all fields in their order.
_BLANK: dict[str, Any] = {"v": 0, "t": 0.0, "learner": "", "kata": "", "event": ""}
_BLANK |= Event._field_defaults
_NUMBERS = {"t": (float, int), "seconds": (float, int)}
_TYPES = set(product(*(_NUMBERS.get(name, (type(blank),)) for name, blank in _BLANK.items())))
# These must be there: None is of no type above.
_BLANK |= dict.fromkeys(("v", "t", "learner", "kata", "event"))


class Reading(NamedTuple):
    """What a journal file holds, with what could not be used."""

    events: list[Event]
    unreadable: int = 0
    newer: int = 0
    problem: str = ""


def read(path: Path) -> Reading:
    """Every event in the file; a missing file is an empty journal. Never raises.

    Lines that are torn, binary or not events are counted as `unreadable`, lines of a later
    version as `newer`; both stay in the file.
    """
    content, problem = _content(path)
    return parse(content)._replace(problem=problem)


def _content(path: Path) -> tuple[bytes, str]:
    """The bytes of the file, and why there are none although there is a file."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        # A pipe would be read for ever.
        return b"", f"{path} cannot be read (it is not a file)"
    try:
        return path.read_bytes(), ""
    except FileNotFoundError:
        return b"", ""
    except OSError as error:
        return b"", f"{path} cannot be read ({error.strerror})"


def parse(content: bytes) -> Reading:
    """The events in the bytes of a journal."""
    events: list[Event] = []
    unreadable = newer = 0
    with _no_garbage():
        for line in io.BytesIO(content):
            line = line.rstrip(b"\n")
            if not line or line.isspace():
                continue
            try:
                table = _table(line)
            except (ValueError, RecursionError):
                unreadable += 1
                continue
            event = _event(table)
            if event is not None:
                events.append(event)
            elif _is_newer(table):
                newer += 1
            else:
                unreadable += 1
    return Reading(events, unreadable, newer)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Don't look for reference cycles: events have none, and are looked through time and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


_raw_decode = json.JSONDecoder().raw_decode


def _table(line: bytes) -> Any:
    """`json.loads(line)`, in half the time for lines as this module writes them."""
    try:
        text = line.decode()
        table, end = _raw_decode(text)
        if end == len(text):
            return table
    except ValueError:
        pass
    return json.loads(line)


def _event(table: Any) -> Event | None:
    if not isinstance(table, dict):
        return None
    # Known fields in their order; what nobody knows comes after them.
    values = tuple((_BLANK | table).values())[: len(_BLANK)]
    if tuple(map(type, values)) not in _TYPES:
        return None
    version, t = values[:2]
    if version != VERSION or not abs(t) < 1e12:
        return None
    event = Event._make(values[1:])
    return event if type(t) is float else event._replace(t=float(t))


def _is_newer(table: Any) -> bool:
    version = table.get("v") if isinstance(table, dict) else None
    return type(version) is int and version > VERSION


def line(event: Event) -> bytes:
    """The bytes that record `event`: fields at their default are left out."""
    table: dict[str, Any] = {"v": VERSION}
    for name, value in event._asdict().items():
        if name not in Event._field_defaults or value != Event._field_defaults[name]:
            table[name] = value
    # A name from the environment can hold lone surrogates; escaped by a backslash they are JSON.
    text = json.dumps(table, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return b"\n" + text + b"\n"


class Journal:
    """Appends events to one file for one learner.

    A disk that is full or read-only costs the record, never the run: `problem` then says what
    went wrong, and the events stay in `unsaved`.
    """

    def __init__(self, path: Path, learner: str = "") -> None:
        self.path = path
        self.learner = learner or os.environ.get("KATA_LEARNER", "") or DEFAULT_LEARNER
        self.driver = ""
        self.problem = ""
        self.unsaved: list[Event] = []
        self._latest = 0.0
        # The lines that have been read, and what was in them.
        self._known = b""
        self._reading = Reading([])

    def append(self, kata: str, event: str, **fields: Any) -> Event:
        # Rounded here and not on the way to disk: kept in memory, an event is the same one.
        rounded: dict[str, Any] = {
            name: round(value, 3) if type(value) is float else value
            for name, value in fields.items()
        }
        # What comes later is later, even if the clock has been put back meanwhile.
        self._latest = round(max(time.time(), self._latest + 0.001), 3)
        happened = Event(self._latest, self.learner, kata, event, driver=self.driver, **rounded)
        try:
            self._write(line(happened), durable=happened.outcome == "passed")
        except OSError as error:
            self.problem = (
                f"{self.path} cannot be written ({error.strerror}); "
                "this run is not recorded, your files are untouched"
            )
            self.unsaved.append(happened)
        return happened

    def _write(self, content: bytes, durable: bool) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        # A pipe in the journal's place is an error then, and not a wait without end.
        flags |= getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(self.path, flags, 0o666)
        try:
            written = os.write(descriptor, content)
            if written < len(content):
                raise OSError(28, "No space left on device")
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def events(self) -> Reading:
        """What is on disk plus what could not be written, for this learner only."""
        content, problem = _content(self.path)
        if not content.startswith(self._known):
            self._known, self._reading = b"", Reading([])
        # Whole lines are read once. What comes after the last may be half of one.
        end = content.rfind(b"\n") + 1
        self._reading = self._plus(content[len(self._known) : end])
        self._known = content[:end]
        reading = self._plus(content[end:])
        self._latest = max((event.t for event in reading.events), default=self._latest)
        return reading._replace(events=reading.events + self.unsaved, problem=problem)

    def _plus(self, content: bytes) -> Reading:
        """What is known, and the learner's events in some more bytes."""
        known, more = self._reading, parse(content)
        own = [event for event in more.events if event.learner == self.learner]
        return Reading(
            known.events + own, known.unreadable + more.unreadable, known.newer + more.newer
        )


def new_run() -> str:
    """A name for one run that no other machine gives."""
    return uuid.uuid4().hex[:16]


def notices(reading: Reading) -> Iterable[str]:
    """One sentence for each thing in a journal that a person should know."""
    if reading.problem:
        yield reading.problem
    if reading.unreadable:
        lines = "line" if reading.unreadable == 1 else "lines"
        yield f"{reading.unreadable} {lines} of the journal cannot be read; kept, and passed over"
    if reading.newer:
        lines = "line of the journal comes" if reading.newer == 1 else "lines of the journal come"
        yield f"{reading.newer} {lines} from a newer pytest-kata; kept, and passed over"
    latest = max((event.t for event in reading.events), default=0.0)
    if latest > time.time() + AHEAD_SECONDS:
        yield (
            f"the journal goes on to {minute(latest)}, which this machine's clock has not reached; "
            "nothing is lost, and what comes later counts as later"
        )
