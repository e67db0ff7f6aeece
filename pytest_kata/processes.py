"""What the kit asks of the operating system: sessions, limits, and an end to every process.

Linux gives all of it; elsewhere the parts that are missing are left out, and say so where they
are defined.
"""

from __future__ import annotations

import ctypes
import os
import signal
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

if sys.platform != "win32":
    import resource

# KATA_FORK=off: do without, as on Windows.
CAN_FORK = hasattr(os, "fork") and sys.platform != "win32" and os.getenv("KATA_FORK") != "off"
ON_LINUX = sys.platform == "linux"

FILE_BYTES = 16 << 20
PROCESSES = 32
THREADS = 64

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def own_session() -> None:
    """Leave the terminal: its signals go elsewhere, and a signal to the group stays inside."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def die_with_parent(parent: int) -> None:
    """Be killed when the process `parent` dies. Linux only."""
    if ON_LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def adopt_orphans(adopt: bool = True) -> None:
    """Become the parent of descendants whose parents have died, or no longer. Linux only."""
    if ON_LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(adopt))


def come_first() -> int:
    """Be scheduled before others, where the user may; the priority that this process had.

    That is root, whom no limit on processes holds: a fork bomb would leave this process no time.
    """
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, before - 10)
    return before


@contextmanager
def like_others(priority: int) -> Iterator[None]:
    """Have `priority` for a while."""
    first = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, priority)
    try:
        yield
    finally:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, first)


def let_go_of_lines(keep: int) -> None:
    """Put /dev/null in the place of every inherited terminal, pipe and socket beyond 0, 1 and 2.

    All but `keep`. pytest has the real terminal in one of them while it captures, and an xdist
    worker the line to its controller: nothing for learner code to write to. Linux only.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in map(int, _listed("/proc/self/fd")):
        with suppress(OSError):
            is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
            if descriptor > 2 and descriptor != keep and not is_file:
                os.dup2(nothing, descriptor, inheritable=False)
    os.close(nothing)


def limit_resources(memory: int, seconds: float) -> None:
    """Bound this process: `memory` MiB beyond what it has, CPU time, file size, no core files.

    The limits are soft: code may raise them. The keeper watches from outside as well. Nothing on
    Windows.
    """
    if sys.platform == "win32":
        return

    def lower(kind: int, value: int) -> None:
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, hard))

    lower(resource.RLIMIT_FSIZE, FILE_BYTES)
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_CPU, int(seconds) + 1)
    if ON_LINUX:
        lower(resource.RLIMIT_DATA, _data_bytes() + (memory << 20))
        if os.getuid() != 0:
            # Nothing binds root.
            lower(resource.RLIMIT_NPROC, _processes_of_user() + THREADS)


def _data_bytes() -> int:
    """Private writable memory of this process."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def _processes_of_user() -> int:
    uid, count = os.getuid(), 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with suppress(OSError):
                count += entry.stat().st_uid == uid and len(os.listdir(f"{entry.path}/task"))
    return count


def descendants(pid: int, most: int = sys.maxsize) -> list[int]:
    """Every process below `pid`, children first; where there are more, some more than `most`.

    Linux only; elsewhere empty.
    """
    if not ON_LINUX:
        return []
    found: list[int] = []
    waiting = [pid]
    while waiting and len(found) <= most:
        parent = waiting.pop()
        for task in _listed(f"/proc/{parent}/task"):
            with suppress(OSError, ValueError):
                text = _text(f"/proc/{parent}/task/{task}/children")
                children = [int(word) for word in text.split()]
                found += children
                waiting += children
    return found


def is_running(pid: int) -> bool:
    """Whether the process is alive; one that has ended and waits to be reaped is not."""
    return _state(pid) not in "ZX"


def is_stopped(pid: int) -> bool:
    """Whether the process is held still by a signal."""
    return _state(pid) == "T"


def _state(pid: int) -> str:
    try:
        return _text(f"/proc/{pid}/stat").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return "X"


def memory_bytes(pids: Sequence[int]) -> int:
    """Memory that these processes hold together, files not counted. Linux only; elsewhere 0."""
    total = 0
    for pid in pids:
        with suppress(OSError, ValueError):
            for row in _text(f"/proc/{pid}/status").splitlines():
                # Shared memory counts: it is how a limit on private memory is got around.
                if row.startswith(("RssAnon:", "RssShmem:")):
                    total += int(row.split()[1]) << 10
    return total


def fair_memory_bytes(pids: Sequence[int]) -> int:
    """The same, with memory that several hold divided among them; slower, and 0 on old kernels."""
    total = 0
    for pid in pids:
        with suppress(OSError, ValueError):
            for row in _text(f"/proc/{pid}/smaps_rollup").splitlines():
                if row.startswith(("Pss_Anon:", "Pss_Shmem:")):
                    total += int(row.split()[1]) << 10
    return total


@contextmanager
def paused(pids: Sequence[int]) -> Iterator[None]:
    """Hold these processes still, so that what is measured meanwhile is not their doing."""
    # Who has stopped itself is not to be woken.
    pids = [pid for pid in pids if not is_stopped(pid)]
    _signal_all(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal_all(pids, signal.SIGCONT)


def end_all(child: int) -> int | None:
    """Kill `child` with its group and everything below this process; its exit status.

    Goes on until nothing is left: who forks faster than one sweep is found by the next.
    """
    status: int | None = None
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    while True:
        _kill(descendants(os.getpid()))
        try:
            pid, ended = os.waitpid(-1, 0)
            while pid:
                status = ended if pid == child else status
                pid, ended = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status


def children() -> set[int]:
    """The processes whose parent this one is. Linux only; elsewhere empty."""
    found: set[int] = set()
    for task in _listed("/proc/self/task"):
        with suppress(OSError, ValueError):
            found.update(map(int, _text(f"/proc/self/task/{task}/children").split()))
    return found


def end_adopted(known: set[int]) -> None:
    """Kill and reap the children that this process did not have before: orphans it adopted."""
    while strangers := children() - known:
        for pid in strangers:
            _kill([pid, *descendants(pid)])
        for pid in strangers:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _kill(pids: Sequence[int]) -> None:
    # Stopped first, so that nobody can fork while the others are being killed.
    for number in (signal.SIGSTOP, signal.SIGKILL):
        _signal_all(pids, number)


def _signal_all(pids: Sequence[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _text(path: str) -> str:
    # Not by pathlib: this is read for every test, and is most of what isolation costs.
    with open(path, "rb") as file:
        return file.read().decode(errors="replace")
