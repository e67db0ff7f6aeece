"""The line from a process that runs tests to the one that watches it.

A message is one line: a secret, and JSON. A line without the secret, or one that may not come at
this point of the script (begin, reports, end; test by test), was not written by our reporter.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

# What a line says of a seal that is broken. Not JSON, which may be what was replaced.
BROKEN_SEAL = b"!"
# What a message "end" can say that makes the test a failure and its process's last.
BAD_ENDS = ("broken", "escaped", "late", "threads", "processes")

FORGED = "your code wrote into the channel that carries the verdict"

Put = Callable[[bytes], None]


def sender(write: Callable[[bytes], int], secret: bytes) -> Put:
    """A function that sends a line after the secret; `write` says how much of it it has taken.

    All it needs is its own, and no module or class knows it: learner code cannot replace it by
    name.
    """
    getpid, me = os.getpid, os.getpid()
    leave: Callable[[int], NoReturn] = os._exit

    def put(content: bytes) -> None:
        if getpid() != me:
            # Learner code forked and came back: its second self has nothing to say.
            leave(0)
        content = secret + content + b"\n"
        while content:
            content = content[write(content) :]

    return put


class Script:
    """What may be said of a batch of tests, in its order, by whom knows the secret."""

    def __init__(self, nodeids: Sequence[str], secret: bytes) -> None:
        self._nodeids = nodeids
        self._secret = secret
        self.running = False
        self.finished = 0

    @property
    def is_over(self) -> bool:
        return self.finished == len(self._nodeids)

    def take(self, content: bytes) -> dict[str, Any] | None:
        """The message in a line; None if it is not genuine."""
        message = self._genuine(content)
        if message is not None and "begin" in message:
            self.running = True
        elif message is not None and "end" in message:
            self.running = False
            self.finished += 1
            if any(message[sign] for sign in BAD_ENDS):
                self.close()
        return message

    @property
    def has_begun(self) -> bool:
        return self.running or self.finished > 0

    def close(self) -> None:
        """Nothing more may come."""
        self.finished = len(self._nodeids)

    def may_become(self, content: bytes) -> bool:
        """Whether the beginning of a line is a genuine one's."""
        return content.startswith(self._secret[: len(content)])

    def _genuine(self, content: bytes) -> dict[str, Any] | None:
        if not content.startswith(self._secret) or self.is_over:
            return None
        nodeid = self._nodeids[self.finished]
        content = content[len(self._secret) :]
        if content.startswith(BROKEN_SEAL):
            broken = content[len(BROKEN_SEAL) :].decode(errors="replace")
            return {**dict.fromkeys(BAD_ENDS), "end": nodeid, "broken": broken}
        message: dict[str, Any] = json.loads(content)
        if "begin" in message:
            expected = not self.running and message["begin"] == nodeid
        elif "report" in message:
            expected = self.running and message["report"].get("nodeid") == nodeid
        elif "warning" in message:
            expected = self.running
        else:
            expected = self.running and message["end"] == nodeid
        if expected and "end" in message:
            message["processes"] = False
        return message if expected else None
