"""What the kit asks of the operating system: sessions, limits, and an end to every process.

Linux gives all of it; elsewhere the parts that are missing are left out, and say so where they
are defined.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

CAN_FORK = hasattr(os, "fork") and sys.platform != "win32"
ON_LINUX = sys.platform == "linux"

FILE_BYTES = 16 << 20
PROCESSES = 64

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


def adopt_orphans() -> None:
    """Become the parent of descendants whose parents have died. Linux only."""
    if ON_LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def limit_resources(memory: int, seconds: float) -> None:
    """Bound this process: `memory` MiB beyond what it has, CPU time, file size, no core files.

    Only soft limits are lowered, so that the report of a process that ran into one can still be
    written after `lift_limits`. The keeper watches from outside as well.
    """
    import resource

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
        lower(resource.RLIMIT_NPROC, _processes_of_user() + PROCESSES)


def lift_limits() -> None:
    """Raise memory and file size again, to report what happened."""
    import resource

    for kind in (resource.RLIMIT_DATA, resource.RLIMIT_FSIZE):
        _, hard = resource.getrlimit(kind)
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (hard, hard))


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


def descendants(pid: int) -> list[int]:
    """Every living process below `pid`, children first. Linux only; elsewhere empty."""
    if not ON_LINUX:
        return []
    found: list[int] = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        for task in _listed(f"/proc/{parent}/task"):
            with suppress(OSError, ValueError):
                text = Path(f"/proc/{parent}/task/{task}/children").read_text()
                children = [int(word) for word in text.split()]
                found += children
                waiting += children
    return found


def is_running(pid: int) -> bool:
    """Whether the process is alive; one that has ended and waits to be reaped is not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in "ZX"


def resident_bytes(pids: list[int]) -> int:
    """Memory that these processes hold together, shared pages not counted."""
    total = 0
    for pid in pids:
        with suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/statm", "rb") as file:
            words = file.read().split()
            total += (int(words[1]) - int(words[2])) * os.sysconf("SC_PAGE_SIZE")
    return total


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
        # Stopped first, so that nobody can fork while the others are being killed.
        below = descendants(os.getpid())
        for sign in (signal.SIGSTOP, signal.SIGKILL):
            for pid in below:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, sign)
        try:
            pid, ended = os.waitpid(-1, 0)
        except ChildProcessError:
            return status
        if pid == child:
            status = ended


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
