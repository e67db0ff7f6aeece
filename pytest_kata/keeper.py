"""Between pytest and learner code: a process that starts children, watches them and ends them.

pytest forks one keeper when the first kata is to be run. The keeper loads torch, forks a child for
each batch of tests, passes on what the child reports, and is the only place where limits are
enforced that no code can swallow. It is the parent of every orphan below it, so that it can end
all of them; and it ends them all, and itself, when pytest is gone, however that came about.

    pytest   <- socket ->   keeper   <- pipe -   child: learner code
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import re
import secrets
import select
import signal
import socket
import tempfile
import time
import types
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest

from pytest_kata import child, lazy, limits, processes, seal
from pytest_kata.channel import FORGED, Script
from pytest_kata.limits import GRACE_SECONDS
from pytest_kata.selection import BOUND

START_SECONDS = 10.0
TICK_SECONDS = 0.05
# A fork bomb doubles within milliseconds, and then leaves this process no time to look.
QUICK_TICK_SECONDS = 0.005
CANCELLED = b'{"cancelled": true}\n'
GO = b"!"
WARM = b'{"warm": true}\n'
LEFTOVER_TICKS = 4
# A child that no longer has its pipe is dying, or has closed it; this tells them apart.
DYING_TICKS = 10
READ_BYTES = 1 << 16
# At most this many reads before the clock is looked at again.
READS = 16

_FRAME = re.compile(rb'^  File "(.+)", line (\d+) in ', re.MULTILINE)


def keep(line: socket.socket, items: Sequence[pytest.Item], config: pytest.Config) -> NoReturn:
    """Serve requests until pytest is gone. Never returns.

    A request is a line of JSON: {"run": [node ids]} runs these items, {"warm": []} only loads what
    all of them need, {"expect": [node ids]} starts the child that will run these when they are
    asked for, {"cancel": []} ends the run that is under way.
    """
    try:
        processes.own_session()
        processes.adopt_orphans()
        processes.let_go_of_lines(keep=line.fileno())
        priority = processes.come_first()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        lazy.forget_stand_in()
        by_id = {item.nodeid: item for item in items}
        spare: Watch | None = None

        def ready(nodeids: list[str]) -> Watch:
            if spare is not None and spare.is_for(nodeids):
                return spare
            if spare is not None:
                spare.drop()
            batch = [by_id[nodeid] for nodeid in nodeids]
            prepare(batch)
            return Watch(line, batch, config, priority)

        for request in requests(line):
            if "run" in request:
                ready(request["run"]).run()
                spare = None
            elif "expect" in request:
                spare = ready(request["expect"])
            elif "warm" in request:
                prepare(items)
                line.sendall(WARM)
            elif "cancel" in request:
                # It came too late: the run is over.
                line.sendall(CANCELLED)
        if spare is not None:
            spare.drop()
    except BaseException:
        os._exit(70)
    os._exit(0)


def requests(line: socket.socket) -> Iterator[dict[str, list[str]]]:
    """The requests that come in, one at a time: pytest waits for an answer before the next."""
    buffer = b""
    while content := line.recv(READ_BYTES):
        *complete, buffer = (buffer + content).split(b"\n")
        for request in complete:
            yield json.loads(request)


# How a test gets hold of the lab: inside of its function, so that to collect it costs nothing.
_LAB = re.compile(r"from (pytest_kata\.lab)(\.\w+)? import ([\w, ]+)")


def _lab_of(module: types.ModuleType) -> set[str]:
    """The modules of the lab that a test module's functions import."""
    found = set()
    with suppress(OSError, UnicodeDecodeError):
        for lab, inside, names in _LAB.findall(Path(str(module.__file__)).read_text("utf-8")):
            wanted = [inside] if inside else [f".{name.strip()}" for name in names.split(",")]
            found |= {lab + name for name in wanted}
    return {name for name in found if importlib.util.find_spec(name)}


def prepare(batch: Sequence[pytest.Item]) -> None:
    """Load what the children should inherit ready-made, and freeze memory for the fork."""
    modules = {item.module for item in batch if isinstance(item, pytest.Function)}
    if any("torch" in vars(module) for module in modules):
        # Parallel operations before a fork hang every torch operation after it.
        lazy.load_torch().set_num_threads(1)
        lazy.defer_compiler()
        # Numpy loads it late, and every test seeds it.
        importlib.import_module("numpy.random")
        for name in sorted(set().union(*map(_lab_of, modules))):
            importlib.import_module(name)
    seal.look_ahead()
    gc.collect()
    gc.freeze()


class Watch:
    """One child, from its fork to its end and the end of everything it started.

    The child makes itself ready, and begins when `run` says so.
    """

    def __init__(
        self,
        line: socket.socket,
        batch: Sequence[pytest.Item],
        config: pytest.Config,
        priority: int,
    ) -> None:
        self.line = line
        self.priority = priority
        self.batch = batch
        self.config = config
        self.kata = batch[0].stash[BOUND].kata
        self.secret = secrets.token_hex(16).encode()
        self.script = Script([item.nodeid for item in batch], self.secret)
        self.pid = 0
        self.pipe = -1
        self.buffer = b""
        self.status: int | None = None
        self.began = 0.0
        self.deadline = 0.0
        self.stretched = False
        self.late = False
        self.forked = False
        self.memory = 0

        self.stacks = tempfile.TemporaryFile()  # noqa: SIM115
        self._fork()

    def _fork(self) -> None:
        self.pipe, writing = os.pipe()
        waiting, self.go = os.pipe()
        keeper = os.getpid()
        with warnings.catch_warnings():
            # An xdist worker has a thread that we do not use.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            os.setpriority(os.PRIO_PROCESS, 0, self.priority)
            self.line.close()
            os.close(self.pipe)
            os.close(self.go)
            wait, stacks = partial(_wait, waiting), self.stacks.fileno()
            child.run(self.batch, self.config, keeper, writing, self.secret, stacks, wait)
        os.close(writing)
        os.close(waiting)
        os.set_blocking(self.pipe, False)

    def is_for(self, nodeids: Sequence[str]) -> bool:
        """Whether its child is there, and for these."""
        return [item.nodeid for item in self.batch] == nodeids and not self._is_gone()

    def drop(self) -> None:
        """It is not wanted after all."""
        processes.end_all(self.pid)
        os.close(self.go)
        os.close(self.pipe)
        self.stacks.close()

    def run(self) -> None:
        self.began = time.monotonic()
        self.deadline = self.began + START_SECONDS
        with self.stacks:
            try:
                with suppress(BrokenPipeError):
                    os.write(self.go, GO)
                os.close(self.go)
                why = self._watch()
            finally:
                status = processes.end_all(self.pid)
                os.close(self.pipe)
            if why and not self.script.is_over:
                if self.status is None:
                    self.status = status
                self.stacks.seek(0)
                self._tell({"dead": why, "stack": stack_of(self.stacks.read()), "late": self.late})

    def _watch(self) -> str:
        """Follow the child; how it came to its end, or "" if all its tests did."""
        while True:
            tick = QUICK_TICK_SECONDS if self.forked else TICK_SECONDS
            ready, _, _ = select.select([self.pipe, self.line.fileno()], [], [], tick)
            if self.line.fileno() in ready:
                wanted = self.line.recv(READ_BYTES)
                processes.end_all(self.pid)
                if not wanted:
                    # pytest is gone; nobody will read the verdict.
                    os._exit(0)
                self.line.sendall(CANCELLED)
                return ""
            gone = self._is_gone()
            open_end = self._read()
            genuine = self._take_lines()
            if self.script.is_over:
                return ""
            if not genuine:
                return FORGED
            if gone or not open_end:
                return self._cause_of_death()
            if why := self._over_limit():
                return why

    def _is_gone(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        return self.status is not None

    def _read(self) -> bool:
        """Read what is there; False when nobody can write any more."""
        for _ in range(READS):
            try:
                content = os.read(self.pipe, READ_BYTES)
            except BlockingIOError:
                return True
            if not content:
                return False
            self.buffer += content
        return True

    def _take_lines(self) -> bool:
        """Pass on the complete lines; False if there is one that our own reporter did not send."""
        *lines, self.buffer = self.buffer.split(b"\n")
        told = b""
        genuine = True
        for content in lines:
            message = self.script.take(content)
            genuine = message is not None
            if message is None:
                break
            if "begin" in message:
                self._begin()
            elif "end" in message and self._processes_left():
                message["processes"] = True
                self.script.close()
            told += _line(message) if "end" in message else content[len(self.secret) :] + b"\n"
        self.line.sendall(told)
        return genuine and self.script.may_become(self.buffer)

    def _begin(self) -> None:
        self.began = time.monotonic()
        self.deadline = self.began + self.kata.seconds + GRACE_SECONDS
        self.stretched = False
        self.memory = processes.memory_bytes([self.pid]) + (self.kata.memory << 20) * 5 // 4

    def _processes_left(self) -> bool:
        """Whether the test left a process running, even one that has left the child's tree."""
        for _ in range(LEFTOVER_TICKS):
            others = [pid for pid in processes.descendants(os.getpid()) if pid != self.pid]
            if not any(map(processes.is_running, others)):
                return False
            time.sleep(TICK_SECONDS)
        return True

    def _over_limit(self) -> str:
        """Which limit the child has run over; "" if none."""
        now = time.monotonic()
        if now >= self.deadline and not self.stretched:
            # Only now is it worth knowing how busy this machine is.
            self.stretched = True
            below = processes.descendants(os.getpid())
            with processes.paused(below), processes.like_others(self.priority):
                factor = limits.machine_factor()
            self.deadline += (self.kata.seconds + GRACE_SECONDS) * (factor - 1)
            self._tell({"factor": factor})
        if now >= self.deadline:
            self.late = True
            words = limits.words(self.kata.seconds, limits.machine_factor(), now - self.began)
            return LATE.format(words)
        if not self.script.running:
            return ""
        # Of this process, not of the child: what daemonised has become a child of this one.
        # No further than need be: a fork bomb grows while it is counted.
        tree = processes.descendants(os.getpid(), most=processes.PROCESSES)
        self.forked = len(tree) > 1
        if len(tree) > processes.PROCESSES:
            return f"your code started more than {processes.PROCESSES} processes and was ended"
        if processes.memory_bytes(tree) > self.memory < processes.fair_memory_bytes(tree):
            return f"your code used more than its {self.kata.memory} MiB of memory and was ended"
        return ""

    def _cause_of_death(self) -> str:
        for _ in range(DYING_TICKS):
            if self._is_gone():
                break
            time.sleep(TICK_SECONDS)
        if self.status is None:
            return NO_CHANNEL
        return words_of_exit(os.waitstatus_to_exitcode(self.status))

    def _tell(self, message: dict[str, Any]) -> None:
        self.line.sendall(_line(message))


def _wait(descriptor: int) -> None:
    """Wait for the word; without it, the keeper is gone, and so are we."""
    if os.read(descriptor, 1) != GO:
        os._exit(0)
    os.close(descriptor)


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


LATE = "your code did not stop at its time limit and was ended ({})"
NO_CHANNEL = "your code closed or broke the channel that carries the verdict"
_SIGNALS = {
    "SIGSEGV": " (a crash in native code, or a recursion without end)",
    "SIGBUS": " (a crash in native code)",
    "SIGABRT": " (a crash in native code)",
    "SIGXCPU": " (it used too much CPU time)",
    "SIGXFSZ": " (it wrote too much)",
    "SIGKILL": " (it was killed, by itself or for want of memory)",
}


def words_of_exit(code: int) -> str:
    """How a process has ended, by its exit status; minus a number means that signal."""
    if code < 0:
        known = -code in signal.valid_signals()
        name = signal.Signals(-code).name if known else f"signal {-code}"
        return f"your code ended its process by {name}{_SIGNALS.get(name, '')}"
    if code == child.BROKEN:
        return "your code broke what runs the tests, in its own process"
    return f"your code ended its process with exit status {code}, before the test was over"


def stack_of(dump: bytes) -> list[tuple[str, int]]:
    """Path and line of each frame in the last of the stacks that faulthandler wrote."""
    last = dump.rpartition(b"Timeout (")[2]
    return [(os.fsdecode(path), int(line)) for path, line in _FRAME.findall(last)]
