"""What a waiting program waits for: changed files, keys, signals. Each has a descriptor to select.

Files at the edge: nothing here knows about katas.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType

import watchfiles

# A change is told when this long has passed without another. Editors write in two steps, a few
# milliseconds apart; what comes later than this comes as a change of its own.
STEP_MS = 10
DEBOUNCE_MS = 50


class Changes:
    """Paths that have changed below some folders, seen by a thread of watchfiles.

    Only those that are `wanted`. The first batch may be empty: from then on nothing is missed.
    """

    def __init__(self, folders: Sequence[Path], wanted: Callable[[Path], bool]) -> None:
        self._folders = [folder for folder in folders if folder.is_dir()]
        self._wanted = wanted
        self._reading, self._writing = os.pipe()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="kata-changes", daemon=True)
        self._thread.start()

    def fileno(self) -> int:
        return self._reading

    def read(self) -> set[Path]:
        """Every path that has changed since the last call; blocks if none has."""
        content = os.read(self._reading, 1 << 16)
        while not content.endswith(b"\0"):
            content += os.read(self._reading, 1 << 16)
        return {Path(os.fsdecode(name)) for name in content.split(b"\0") if name}

    def close(self) -> None:
        self._stop.set()
        self._thread.join(2)
        os.close(self._reading)
        os.close(self._writing)

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
            paths = [path for _, path in batch if self._wanted(Path(path))]
            if paths or waiting:
                os.write(
                    self._writing, b"".join(os.fsencode(path) + b"\0" for path in paths or [""])
                )
            waiting = False


@contextlib.contextmanager
def keyboard(descriptor: int) -> Iterator[int | None]:
    """`descriptor`, to read single keys from; None if it is no terminal.

    The terminal is set as it was on every way out.
    """
    try:
        import termios
        import tty

        before = termios.tcgetattr(descriptor)
    except (ImportError, termios.error):
        yield None
        return
    try:
        # Ctrl-C stays what it is.
        tty.setcbreak(descriptor, termios.TCSANOW)
        yield descriptor
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def keys(descriptor: int) -> bytes:
    """The keys that were typed; a terminal that is gone has typed q."""
    try:
        return os.read(descriptor, 1 << 10) or b"q"
    except OSError:
        return b"q"


class Terminated(BaseException):
    """SIGTERM or SIGHUP has arrived: leave, and set everything as it was."""


@contextlib.contextmanager
def signals() -> Iterator[int]:
    """A descriptor that becomes readable when the window is resized; termination is raised."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)

    def leave(number: int, frame: FrameType | None) -> None:
        raise Terminated

    def resized(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(OSError):
            os.write(writing, b"!")

    handlers = {"SIGTERM": leave, "SIGHUP": leave, "SIGWINCH": resized}
    numbers = {getattr(signal, name): handler for name, handler in handlers.items()
               if hasattr(signal, name)}  # fmt: skip
    before = {number: signal.signal(number, handler) for number, handler in numbers.items()}
    try:
        yield reading
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def wait(descriptors: Sequence[int], seconds: float | None = None) -> list[int]:
    """Those of the descriptors that can be read, after at most `seconds`."""
    ready, _, _ = select.select(descriptors, [], [], seconds)
    return ready
