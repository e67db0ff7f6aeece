"""What a waiting program waits for: changed files, keys, signals. Each has a descriptor to select.

Files at the edge: nothing here knows about katas.
"""

from __future__ import annotations

import contextlib
import math
import os
import queue
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Protocol

import watchfiles

# A change is told when this long has passed without another. Editors write in two steps, a few
# milliseconds apart; what comes later than this comes as a change of its own.
STEP_MS = 10
DEBOUNCE_MS = 50


# Where select cannot be interrupted, Ctrl-C is looked for this often.
LOOK_SECONDS = 0.3


class Bell:
    """Bytes from a thread or a signal handler to whoever selects.

    A socket, because Windows selects nothing else.

    What does not fit any more is dropped.
    """

    def __init__(self) -> None:
        self._reading, self._writing = socket.socketpair()
        self._writing.setblocking(False)

    def fileno(self) -> int:
        return self._reading.fileno()

    def ring(self, content: bytes = b"!") -> None:
        with contextlib.suppress(OSError):
            self._writing.send(content)

    def read(self) -> bytes:
        """All that has come since the last call; blocks if nothing has."""
        return self._reading.recv(1 << 16)

    def close(self) -> None:
        self._reading.close()
        self._writing.close()


class Changes:
    """Paths that have changed below some folders, seen by a thread of watchfiles.

    Only those that are `wanted`. The first batch may be empty: from then on nothing is missed.
    """

    def __init__(self, folders: Sequence[Path], wanted: Callable[[Path], bool]) -> None:
        self._folders = [folder for folder in folders if folder.is_dir()]
        self._wanted = wanted
        self._bell = Bell()
        self._batches: queue.SimpleQueue[set[Path]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="kata-changes", daemon=True)
        self._thread.start()

    def fileno(self) -> int:
        return self._bell.fileno()

    def read(self) -> set[Path]:
        """Every path that has changed since the last call; blocks if none has."""
        self._bell.read()
        paths: set[Path] = set()
        while not self._batches.empty():
            paths |= self._batches.get()
        return paths

    def close(self) -> None:
        self._stop.set()
        self._thread.join(2)
        self._bell.close()

    def _watch(self) -> None:
        changes = watchfiles.watch(
            *self._folders,
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            stop_event=self._stop,
            rust_timeout=200,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
        waiting = True
        for batch in changes:
            paths = {Path(path) for _, path in batch if self._wanted(Path(path))}
            if paths or waiting:
                self._batches.put(paths)
                self._bell.ring()
            waiting = False


class Keys(Protocol):
    def fileno(self) -> int: ...
    def read(self) -> bytes: ...


class _Terminal:
    """A terminal on POSIX, one key at a time."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def read(self) -> bytes:
        """The keys that were typed; a terminal that is gone has typed q."""
        try:
            return os.read(self._descriptor, 1 << 10) or b"q"
        except OSError:
            return b"q"


@contextlib.contextmanager
def keyboard(descriptor: int) -> Iterator[Keys | None]:
    """Single keys from the terminal `descriptor`; None if it is no terminal.

    The terminal is set as it was on every way out.
    """
    if not os.isatty(descriptor):
        yield None
    elif sys.platform == "win32":
        bell = Bell()
        threading.Thread(target=_pump_console, args=(bell,), daemon=True).start()
        yield bell
    else:
        import termios
        import tty

        before = termios.tcgetattr(descriptor)
        try:
            # Ctrl-C stays what it is.
            tty.setcbreak(descriptor, termios.TCSANOW)
            yield _Terminal(descriptor)
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _pump_console(bell: Bell) -> None:
    """Windows: every key of the console rings."""
    import msvcrt

    while True:
        bell.ring(msvcrt.getwch().encode())  # type: ignore[attr-defined,unused-ignore]


class Terminated(BaseException):
    """SIGTERM or SIGHUP has arrived: leave, and set everything as it was."""


@contextlib.contextmanager
def signals() -> Iterator[Bell]:
    """Rings when the window is resized; termination is raised."""
    bell = Bell()

    def leave(number: int, frame: FrameType | None) -> None:
        raise Terminated

    def resized(number: int, frame: FrameType | None) -> None:
        bell.ring()

    handlers = {"SIGTERM": leave, "SIGHUP": leave, "SIGWINCH": resized}
    numbers = {getattr(signal, name): handler for name, handler in handlers.items()
               if hasattr(signal, name)}  # fmt: skip
    before = {number: signal.signal(number, handler) for number, handler in numbers.items()}
    try:
        yield bell
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        bell.close()


def wait(descriptors: Sequence[int], seconds: float | None = None) -> list[int]:
    """Those of the descriptors that can be read, once there are any or `seconds` have passed."""
    until = time.monotonic() + seconds if seconds is not None else math.inf
    while True:
        left = until - time.monotonic()
        if sys.platform == "win32":
            # There, Ctrl-C does not end a select.
            left = min(left, LOOK_SECONDS)
        ready, _, _ = select.select(
            descriptors, [], [], max(0.0, left) if left < math.inf else None
        )
        if ready or time.monotonic() >= until:
            return ready
