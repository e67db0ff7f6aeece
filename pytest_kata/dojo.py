"""A coding dojo at one screen: who drives, who navigates, who is next, and when to change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

# The change of seats is said this long.
CHANGE_SECONDS = 10.0
# What steers a terminal, or turns the rest of a line around.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def seated(words: str) -> tuple[str, ...]:
    """The names in a list with commas, none empty, each as it can be shown."""
    names = (showable(word.strip()) for word in words.split(","))
    return tuple(name for name in names if name)


def showable(name: str) -> str:
    """What people call themselves, without what a terminal would obey."""
    return _STEERING.sub("\ufffd", name)


class Seats(NamedTuple):
    """`remaining` seconds until the next change; `fresh` if the last has just been."""

    driver: str
    navigator: str
    next: str
    remaining: float
    fresh: bool


@dataclass
class Dojo:
    """`names` take turns of `seconds`, counted from `began` (seconds since the epoch)."""

    names: tuple[str, ...]
    seconds: float
    began: float

    def seats(self, now: float) -> Seats:
        # A clock that was put back shows a whole turn, not more.
        passed = max(0.0, now - self.began)
        turn, into = divmod(passed, self.seconds)
        driver, navigator, following = (
            self.names[(int(turn) + place) % len(self.names)] for place in range(3)
        )
        fresh = turn > 0 and into < CHANGE_SECONDS
        return Seats(driver, navigator, following, self.seconds - into, fresh)

    def change(self, now: float) -> None:
        """Change seats at once, and start a whole turn."""
        turn = int(max(0.0, now - self.began) // self.seconds)
        self.began = now - (turn + 1) * self.seconds

    def words(self) -> list[str]:
        """The command line that goes on with this dojo."""
        names, rotate = ",".join(self.names), f"{self.seconds / 60:g}"
        return ["dojo", f"--rotate={rotate}", f"--names={names}", f"--began={self.began}"]
