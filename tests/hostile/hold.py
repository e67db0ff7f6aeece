"""Runs one command, waits for it, and tells what it left running.

    python hold.py SECONDS COMMAND...

Prints JSON: the exit status (None if it had to be killed after SECONDS), and the command lines of
the processes that outlived it. This process adopts every orphan below it, so that none can hide,
whatever session, directory or environment it has moved to; then it ends them.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from pytest_kata import processes

PATIENCE_SECONDS = 5.0


def main() -> None:
    seconds, *command = sys.argv[1:]
    processes.adopt_orphans()
    # In a session of its own: a signal to its group must not come here.
    started = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=2, start_new_session=True)
    try:
        status = started.wait(float(seconds))
    except subprocess.TimeoutExpired:
        status = None
    deadline = time.monotonic() + PATIENCE_SECONDS
    # After a kill, what watches over the rest needs a moment to notice.
    while (left := _running()) and time.monotonic() < deadline:
        time.sleep(0.05)
    print(json.dumps({"status": status, "left": [_command(pid) for pid in left]}))
    processes.end_adopted(set())


def _running() -> list[int]:
    return [pid for pid in processes.descendants(os.getpid()) if processes.is_running(pid)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
