"""A worker: a Python that has loaded what katas need, runs one batch of tests, and ends.

    python -m pytest_kata.worker PORT [pytest's arguments]

It stands in for the keeper and its child where there is no fork. Its secret comes by standard
input; what it says goes to PORT of this machine.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from typing import NoReturn

import pytest

from pytest_kata import lazy, limits
from pytest_kata.channel import sender
from pytest_kata.child import BROKEN, run_tests
from pytest_kata.keeper import WARM, prepare, requests


class Worker:
    """The session, as a pytest plugin: it has collected the katas and waits for its batch."""

    def __init__(self, line: socket.socket, secret: bytes) -> None:
        self.line = line
        self.secret = secret
        # pytest puts its own file there while it captures.
        self.stacks = os.dup(2)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> NoReturn:
        try:
            lazy.forget_stand_in()
            by_id = {item.nodeid: item for item in session.items}
            prepare(session.items)
            self.line.sendall(self.secret + WARM)
            request = next(requests(self.line), None)
            if request is None:
                os._exit(0)
            threading.Thread(target=self._end_with_parent, daemon=True).start()
            batch = [by_id[nodeid] for nodeid in request["run"]]
        except BaseException as error:
            os.write(self.stacks, f"{type(error).__name__}: {error}\n".encode())
            os._exit(BROKEN)
        put = sender(self.line.send, self.secret)
        run_tests(batch, session.config, put, self.stacks, lambda: None)

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_timeout_set_timer(self) -> bool | None:
        """Where nothing can be interrupted, who started us ends us; a thread would do no better."""
        return None if limits.can_interrupt() else True

    def _end_with_parent(self) -> None:
        while self.line.recv(1):
            pass
        os._exit(0)


def main(port: int, options: list[str]) -> None:
    secret = sys.stdin.buffer.readline().strip()
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(secret)
    pytest.main(options, plugins=[Worker(line, secret)])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
