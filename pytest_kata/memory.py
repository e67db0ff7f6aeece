"""How well each kata is remembered, and when it is due for review: a pure fold.

The scheduler is FSRS (py-fsrs, https://github.com/open-spaced-repetition/py-fsrs), with its own
default parameters and without chance. A kata is a card; it is rated when it is solved first and
at the end of every later round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from operator import itemgetter
from typing import TYPE_CHECKING

from pytest_kata.badges import medal
from pytest_kata.catalog import Catalog, Kata
from pytest_kata.journal import Event
from pytest_kata.progress import KataProgress, fold
from pytest_kata.rounds import SOLVED, Round, fold_rounds

if TYPE_CHECKING:
    from fsrs import Card, Rating

WEAK, SHAKY, STRONG = "weak", "shaky", "strong"
# Recall below the first is weak; from the second on it is strong, if the last rating was good.
WEAK_BELOW, STRONG_FROM = 0.7, 0.9


@dataclass
class Memory:
    """What is left of one kata at a moment.

    `recall` is the probability, 0 to 1, that it would be solved now; `stability` the days in
    which it falls to 0.9; `due` seconds since the epoch, None for what was never solved.
    """

    kata: Kata
    recall: float = 0.0
    stability: float = 0.0
    difficulty: float = 0.0
    due: float | None = None
    good: bool = False

    @property
    def strength(self) -> str:
        if self.due is None or self.recall < WEAK_BELOW:
            return WEAK
        return STRONG if self.good and self.recall >= STRONG_FROM else SHAKY


def remember(catalog: Catalog, events: Iterable[Event], now: float) -> list[Memory]:
    """The memory of every kata of the catalog, in its order."""
    happened = list(events)
    progress, rounds = fold(happened), fold_rounds(happened)
    return [
        _remember(kata, progress.get(kata.id, KataProgress()), rounds.of(kata.id), now)
        for kata in catalog
    ]


def due_for_review(memories: Iterable[Memory], now: float) -> list[Memory]:
    """The solved katas whose time has come: by the day they fell due, then the hardest first."""
    waiting = [m for m in memories if m.due is not None and m.due <= now]
    return sorted(waiting, key=lambda m: ((m.due or 0) // 86_400, -m.difficulty))


def _remember(kata: Kata, state: KataProgress, rounds: list[Round], now: float) -> Memory:
    memory = Memory(kata)
    if state.solved_at is None or kata.passes_as_shipped:
        return memory
    from fsrs import Card, Rating, Scheduler

    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    ratings = [(state.solved_at, _first(kata, state))]
    ratings += [
        (one.closed_at, _again(kata, one))
        for one in rounds
        if one.closed_at is not None and one.closed_at > state.solved_at
    ]
    card: Card = Card(card_id=1)
    for t, rating in sorted(ratings, key=itemgetter(0)):
        card, _ = scheduler.review_card(card, rating, _when(t))
    memory.recall = scheduler.get_card_retrievability(card, _when(max(now, ratings[-1][0])))
    memory.stability, memory.difficulty = card.stability or 0.0, card.difficulty or 0.0
    memory.due = card.due.timestamp()
    memory.good = ratings[-1][1] >= Rating.Good
    return memory


def _first(kata: Kata, state: KataProgress) -> Rating:
    """Gold is good, silver hard, and bronze was somebody else's answer."""
    from fsrs import Rating

    return {"gold": Rating.Good, "silver": Rating.Hard}.get(medal(kata, state), Rating.Again)


def _again(kata: Kata, one: Round) -> Rating:
    """Easy: at the first attempt, without a hint, and within the clock where there is one."""
    from fsrs import Rating

    if one.outcome != SOLVED or one.solution_shown:
        return Rating.Again
    if one.hints or one.attempts > kata.attempts:
        return Rating.Hard
    in_time = kata.clock is None or (one.seconds or 0.0) <= kata.clock
    return Rating.Easy if one.attempts <= 1 and in_time else Rating.Good


def _when(t: float) -> datetime:
    # A journal can hold any number; calendars end.
    return datetime.fromtimestamp(min(max(t, 0.0), 4e9), timezone.utc)
