"""The shape of what `kata list --json` and `kata report --json` print.

Moments are seconds since the epoch, so that they mean the same in every time zone. The shape is a
promise: what changes the meaning of a field, or takes one away, raises `FORMAT`; new fields do not.
"""

from __future__ import annotations

from typing import TypedDict

FORMAT = 1

SOLVED, IN_PROGRESS, NOT_STARTED, GONE = "solved", "in progress", "not started", "gone"


class KataRow(TypedDict):
    """One kata. `file` is below katas/; `strength` is "" where there is nothing to remember.

    In progress is what was attempted, or whose file is not the starter any more. A kata that is
    gone from the kit keeps what the journal knows of it.
    """

    id: str
    title: str
    concept: str
    kinds: list[str]
    level: str
    track: str
    file: str
    status: str
    medal: str
    attempts: int
    hints: int
    hints_in_all: int
    solution_shown: bool
    solved_at: float | None
    last_at: float | None
    clock: int | None
    best: float | None
    strength: str
    recall: float
    due: float | None


class ConceptRow(TypedDict):
    """One concept, as strong as the weakest of its katas; `practise` is that kata."""

    concept: str
    strength: str
    recall: float
    due: float | None
    katas: list[str]
    practise: str
    solved: int
    attempts: int
    hints: int
    solutions: int
    rounds: int
    last_at: float | None


class BadgeRow(TypedDict):
    name: str
    solved: int
    needed: int
    earned: bool
    earned_at: float | None


class AttemptRow(TypedDict):
    """One run of a file that was not run before. `seconds` is what the tests took."""

    t: float
    kata: str
    outcome: str
    passed: int
    tests: int
    seconds: float
    driver: str


class LossRow(TypedDict):
    """The latest training run that a kata's tests have shown, beside the reference's.

    `yours` and `reference` are losses of every step, or, of more than `curves.POINTS` steps, means
    over equal stretches of them; None is what was not finite. `parts_at` is the first step, from
    1, at which they are apart, `parting` says so in words; None and "" where they are not.
    """

    t: float
    kata: str
    steps: int
    parts_at: int | None
    parting: str
    yours: list[float | None]
    reference: list[float]


class RoundRow(TypedDict):
    """One kata on a fresh copy; `seconds` from its start to its solution."""

    t: float
    kata: str
    mode: str
    outcome: str
    attempts: int
    hints: int
    solution_shown: bool
    seconds: float | None


class ChallengeRow(TypedDict):
    """`wanted` is the set that was asked for, "" for all; `katas` how many it has."""

    t: float
    wanted: str
    solved: int
    katas: int
    ended: bool
    rounds: list[RoundRow]


class Listing(TypedDict):
    """What `kata list --json` prints."""

    format: int
    katas: list[KataRow]
    notes: list[str]


class Table(TypedDict):
    """What `kata report --json` prints. `notes` says what of journal and kit could not be read."""

    format: int
    learner: str
    made: float
    katas: list[KataRow]
    badges: list[BadgeRow]
    concepts: list[ConceptRow]
    attempts: list[AttemptRow]
    losses: list[LossRow]
    challenges: list[ChallengeRow]
    reviews: list[RoundRow]
    notes: list[str]
