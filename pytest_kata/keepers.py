"""The process on the other end of the runner's line: how it is started, how it is ended.

Where there is fork, a keeper that forks a child for each batch of tests. Where there is none, a
worker that loads everything anew, runs one batch itself, and is replaced; what it starts, uses
of memory and leaves running is then watched by nobody.
"""

from __future__ import annotations

import gc
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

import pytest

from pytest_kata import limits, processes
from pytest_kata.channel import FORGED, Script
from pytest_kata.keeper import (
    CANCELLED,
    LATE,
    NO_CHANNEL,
    READ_BYTES,
    WARM,
    keep,
    stack_of,
    words_of_exit,
)
from pytest_kata.limits import GRACE_SECONDS
from pytest_kata.selection import BOUND

# What the keeper may have to load takes its time on a busy machine.
PREPARE_SECONDS = 60.0
STOPPED = "your code stopped the process that watches over it, and was ended"
# A process that has let go of its line is about to end.
DYING_SECONDS = 2.0


Message = dict[str, Any]


class Gone(NamedTuple):
    """What is known of a process that had to be ended, or has ended itself."""

    why: str
    stack: Sequence[tuple[str, int]] = ()
    late: bool = False


class Keeper(Protocol):
    """What the runner asks of either."""

    # Whether it ends with its first batch.
    serves_once: bool
    # What it gets beyond a test's limit before it counts as gone.
    grace: float

    def warm(self) -> None:
        """Have everything loaded that its tests need, and `receive` something when it is."""

    def expect(self, batch: Sequence[pytest.Item]) -> None:
        """Make ready for `batch`, which will probably be asked for next."""

    def ask(self, batch: Sequence[pytest.Item]) -> None:
        """Have `batch` run. Raises OSError if nobody is there."""

    def fileno(self) -> int:
        """To select for what can be received."""

    def receive(self) -> list[Message] | None:
        """Messages that have come in, perhaps none; None if there will be no more."""

    def cancel(self) -> bool:
        """End the batch under way, and what it has said; whether it is there for another."""

    def is_stopped(self) -> bool:
        """Whether a signal holds it still, so that it never answers."""

    def machine_factor(self) -> float:
        """How busy the machine is, its own doing not counted."""

    def bury(self, late: float | None) -> Gone:
        """End it at once; `late` seconds are what the code ran if that is why."""

    def end(self) -> None:
        """End it, and with it everything that learner code has started."""


class Forked:
    """A keeper, forked from pytest with all that pytest has collected."""

    serves_once = False
    # It ends by itself what runs over its limit.
    grace = 2 * GRACE_SECONDS

    def __init__(self, items: list[pytest.Item], config: pytest.Config) -> None:
        if hasattr(config, "workerinput"):
            # A worker of xdist lives on for seconds when its controller has been killed.
            processes.die_with_parent(os.getppid())
        self._known = processes.children()
        self._line, theirs = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        if all(BOUND in item.stash for item in items):
            # All there is stays to the end, so that nothing need look through it for garbage. Not
            # beside other tests: what they have left behind is for pytest to find and to report.
            gc.freeze()
        with warnings.catch_warnings():
            # An xdist worker has a thread that we do not use.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            self._line.close()
            keep(theirs, items, config)
        theirs.close()
        # Who kills the keeper leaves its orphans to this process.
        processes.adopt_orphans()
        self._buffer = b""

    def warm(self) -> None:
        self._line.sendall(b'{"warm": []}\n')

    def expect(self, batch: Sequence[pytest.Item]) -> None:
        with suppress(OSError):
            self._request("expect", batch)

    def ask(self, batch: Sequence[pytest.Item]) -> None:
        self._known = processes.children()
        self._request("run", batch)

    def _request(self, what: str, batch: Sequence[pytest.Item]) -> None:
        request = {what: [item.nodeid for item in batch]}
        self._line.sendall(json.dumps(request).encode() + b"\n")

    def fileno(self) -> int:
        return self._line.fileno()

    def receive(self) -> list[Message] | None:
        lines, self._buffer = _lines(self._line, self._buffer)
        return None if lines is None else [json.loads(line) for line in lines]

    def cancel(self) -> bool:
        self._line.settimeout(PREPARE_SECONDS)
        try:
            self._line.sendall(b'{"cancel": []}\n')
            while CANCELLED not in self._buffer:
                content = self._line.recv(READ_BYTES)
                if not content:
                    return False
                self._buffer += content
        except OSError:
            return False
        self._buffer = b""
        self._line.settimeout(None)
        return True

    def is_stopped(self) -> bool:
        return processes.is_stopped(self._pid)

    def machine_factor(self) -> float:
        with processes.paused(processes.descendants(self._pid)):
            return limits.machine_factor()

    def bury(self, late: float | None) -> Gone:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        self.end()
        # What was below the keeper is now a child of this process.
        processes.adopt_orphans()
        processes.end_adopted(self._known)
        processes.adopt_orphans(False)
        return Gone(STOPPED)

    def end(self) -> None:
        """It ends itself, with everything that learner code has started, when its line does."""
        self._line.close()
        with suppress(ProcessLookupError):
            # Should it have been stopped, it would never notice.
            os.kill(self._pid, signal.SIGCONT)
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)
        processes.adopt_orphans(False)


class Spawned:
    """A worker: a Python of its own that has collected the same katas, and runs one batch."""

    serves_once = True
    grace = GRACE_SECONDS

    def __init__(self, items: list[pytest.Item], config: pytest.Config) -> None:
        self._secret = secrets.token_hex(16).encode()
        self._script = Script([], self._secret)
        self._buffer = b""
        self._forged = False
        self._seconds = 0.0
        # A worker that cannot start says why there, and one that is late where it was.
        self._stacks = tempfile.TemporaryFile()  # noqa: SIM115
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = str(server.getsockname()[1])
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pytest_kata.worker", port, *config.invocation_params.args],
                cwd=config.invocation_params.dir,
                env={**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._stacks,
                # So that it can be ended with what it has started, where there are groups.
                start_new_session=True,
            )
            assert self._process.stdin is not None
            with suppress(OSError), self._process.stdin as stdin:
                stdin.write(self._secret + b"\n")
            self._line = self._accept(server)

    def _accept(self, server: socket.socket) -> socket.socket:
        """The line of our worker: whoever else comes does not know the secret."""
        server.settimeout(0.2)
        until = time.monotonic() + PREPARE_SECONDS
        while self._process.poll() is None and time.monotonic() < until:
            with suppress(OSError):
                line, _ = server.accept()
                line.settimeout(PREPARE_SECONDS)
                if line.recv(len(self._secret), socket.MSG_WAITALL) == self._secret:
                    return line
                line.close()
        # A line that is at its end.
        ours, theirs = socket.socketpair()
        theirs.close()
        return ours

    def warm(self) -> None:
        """It does that by itself, and says so when it is done."""

    def expect(self, batch: Sequence[pytest.Item]) -> None:
        """It is ready for every batch."""

    def ask(self, batch: Sequence[pytest.Item]) -> None:
        self._script = Script([item.nodeid for item in batch], self._secret)
        self._seconds = batch[0].stash[BOUND].kata.seconds
        request = {"run": [item.nodeid for item in batch]}
        self._line.sendall(json.dumps(request).encode() + b"\n")

    def fileno(self) -> int:
        return self._line.fileno()

    def receive(self) -> list[Message] | None:
        lines, self._buffer = _lines(self._line, self._buffer)
        if lines is None:
            return None
        messages: list[Message] = []
        for line in lines:
            warm = line == self._secret + WARM.strip()
            message = {"warm": True} if warm else self._script.take(line)
            if message is None:
                self._forged = True
                return messages or None
            messages.append(message)
        return messages

    def cancel(self) -> bool:
        return False

    def is_stopped(self) -> bool:
        return self._forged or processes.is_stopped(self._process.pid)

    def machine_factor(self) -> float:
        return limits.machine_factor()

    def bury(self, late: float | None) -> Gone:
        code = None
        if late is None and not self._forged:
            with suppress(subprocess.TimeoutExpired):
                code = self._process.wait(DYING_SECONDS)
        self.end()
        self._stacks.seek(0)
        written = self._stacks.read()
        if self._forged:
            return Gone(FORGED)
        if late is not None:
            words = limits.words(self._seconds, limits.machine_factor(), late)
            return Gone(LATE.format(words), stack_of(written), late=True)
        if code is None:
            return Gone(NO_CHANNEL)
        if not self._script.has_begun:
            last = written.decode(errors="replace").strip().rpartition("\n")[2]
            return Gone(f"the process that runs katas could not start: {last}")
        return Gone(words_of_exit(code), stack_of(written))

    def end(self) -> None:
        self._line.close()
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()


def _lines(line: socket.socket, buffer: bytes) -> tuple[list[bytes] | None, bytes]:
    """The whole lines that have come in after `buffer`, and what is left; None at the end."""
    try:
        content = line.recv(READ_BYTES)
    except OSError:
        content = b""
    if not content:
        return None, buffer
    *lines, buffer = (buffer + content).split(b"\n")
    return lines, buffer
