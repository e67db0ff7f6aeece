"""Rounds: a kata once more on a fresh copy, against the clock or for review. A pure fold.

A round is open from its `opened` to its `closed`; a kata has at most one. The rounds of a
challenge follow each other, its katas in their order. Times are seconds since the epoch, so that
a clock runs on while the machine sleeps or nobody is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pytest_kata.catalog import Catalog, Kata
from pytest_kata.journal import Event
from pytest_kata.progress import KataProgress, current, in_order

CHALLENGE, REVIEW = "challenge", "review"
# A run that has not come to its end by then was killed.
RUN_SECONDS = 120.0
# How a round ends: every test passed; no attempt left; no time left; the learner left it.
SOLVED, SPENT, LATE, LEFT = "solved", "spent", "late", "left"
OPEN = "open"
ENDS = {
    SOLVED: "solved",
    SPENT: "no attempt left",
    LATE: "time is up",
    LEFT: "left unsolved",
    OPEN: "under way",
}


@dataclass
class Round:
    """One kata on a fresh copy; `before` is the hash of the work that it put away.

    `failing` and `given` are those of KataProgress, for this round alone. `restored` is set by who
    ends the round, if the work that it put away lies there again.
    """

    run: str
    kata: str
    mode: str
    series: str
    before: str
    opened_at: float
    attempts: int = 0
    failing: int = 0
    given: dict[int, int] = field(default_factory=dict)
    solution_shown: bool = False
    running_since: float | None = None
    solved_at: float | None = None
    closed_at: float | None = None
    outcome: str = ""
    restored: bool = False
    last: str = ""

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def hints(self) -> int:
        """The highest level of the hints that were given in it."""
        return max(self.given.values(), default=0)

    @property
    def seconds(self) -> float | None:
        """From its start to its solution; None where there is none."""
        return None if self.solved_at is None else self.solved_at - self.opened_at

    def remaining(self, kata: Kata, now: float) -> float:
        """Seconds of thinking time left. A clock that was put back gives nothing extra."""
        return (kata.clock or 0) - max(0.0, now - self.opened_at)

    def verdict(self, kata: Kata, now: float) -> str:
        """How this open round has ended, if it has, else ""."""
        if self.solved_at is not None:
            return SOLVED
        if self.mode != CHALLENGE:
            return ""
        if self.running_since is not None and now - self.running_since < RUN_SECONDS:
            return ""
        if self.attempts >= kata.attempts:
            return SPENT
        return LATE if self.remaining(kata, now) <= 0 else ""


@dataclass
class Challenge:
    """A series of rounds over the katas of a set that have a clock."""

    series: str
    wanted: str
    began_at: float
    rounds: list[Round] = field(default_factory=list)
    closed_at: float | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def solved(self) -> int:
        return sum(one.outcome == SOLVED for one in self.rounds)

    def next(self, katas: Sequence[Kata]) -> Kata | None:
        """The first kata of the set that has had no round yet."""
        had = {one.kata for one in self.rounds}
        return next((kata for kata in katas if kata.id not in had), None)


@dataclass
class Rounds:
    """Everything that was ever played again, in the order of its start."""

    all: list[Round] = field(default_factory=list)
    challenges: list[Challenge] = field(default_factory=list)

    @property
    def open(self) -> dict[str, Round]:
        """kata id -> its open round."""
        return {one.kata: one for one in self.all if one.is_open}

    @property
    def challenge(self) -> Challenge | None:
        """The challenge that is under way."""
        return next((one for one in reversed(self.challenges) if one.is_open), None)

    def of(self, kata: str) -> list[Round]:
        return [one for one in self.all if one.kata == kata]

    def best(self, kata: str) -> float | None:
        """The shortest time in seconds in which a round of the kata was solved."""
        times = [one.seconds for one in self.of(kata) if one.seconds is not None]
        return min(times, default=None)


def fold_rounds(events: Iterable[Event]) -> Rounds:
    """The rounds in the events of one learner. Order and duplicates do not matter."""
    found = Rounds()
    rounds: dict[str, Round] = {}
    challenges: dict[str, Challenge] = {}
    open_by_kata: dict[str, Round] = {}
    for event in in_order(events):
        if event.event == "challenge" and event.run not in challenges:
            challenges[event.run] = Challenge(event.run, event.mode, event.t)
        elif event.event == "opened" and event.run not in rounds:
            one = Round(event.run, event.kata, event.mode, event.series, event.sha256, event.t)
            rounds[event.run] = open_by_kata[event.kata] = one
            if event.series in challenges:
                challenges[event.series].rounds.append(one)
        elif event.event == "closed":
            ended = rounds.get(event.run) or challenges.get(event.run)
            if ended is not None and ended.is_open:
                ended.closed_at = event.t
                if isinstance(ended, Round):
                    ended.outcome = event.outcome
                    open_by_kata.pop(event.kata, None)
        elif event.kata in open_by_kata:
            _apply(open_by_kata[event.kata], event)
    found.all, found.challenges = list(rounds.values()), list(challenges.values())
    return found


def _apply(one: Round, event: Event) -> None:
    if event.event == "started":
        if not event.untouched and event.sha256 != one.last:
            one.attempts += 1
            one.last = event.sha256
        one.running_since = event.t
    elif event.event == "finished":
        one.running_since = None
        if event.outcome == "failed":
            one.failing = event.task
        whole = event.tests > 0 and event.passed == event.tests
        if event.outcome == "passed" and whole and one.solved_at is None:
            one.solved_at = event.t
    elif event.event == "hint":
        one.given[event.task] = max(one.given.get(event.task, 0), event.level)
    elif event.event == "solution":
        one.solution_shown = True


def challenge_set(catalog: Catalog, wanted: str) -> list[Kata]:
    """The katas of a set that have a clock: of a track by name or folder, or of all for ""."""
    tracks = [t for t in catalog.tracks if wanted in ("", t.folder, t.name)]
    return [kata for track in tracks for kata in track.katas if kata.clock]


def now_playing(catalog: Catalog, rounds: Rounds) -> Kata | None:
    """The kata of the round that is open, the challenge's first; None if none is."""
    waiting = rounds.open
    katas = [kata for kata in catalog if kata.id in waiting]
    katas.sort(key=lambda kata: (waiting[kata.id].mode != CHALLENGE, -waiting[kata.id].opened_at))
    return katas[0] if katas else None


def where(catalog: Catalog, progress: Mapping[str, KataProgress], rounds: Rounds) -> Kata | None:
    """Where the learner is: in a round, else where `current` says."""
    return now_playing(catalog, rounds) or current(catalog, progress)
