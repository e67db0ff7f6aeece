"""Progress: the pure fold of the journal. Order and duplicates of events do not matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter, lt

from pytest_kata.catalog import Catalog, Kata
from pytest_kata.journal import Event

_ORDER = {"started": 0, "hint": 1, "solution": 1, "reset": 1, "undo": 1, "finished": 2}
_time = attrgetter("t")


@dataclass
class KataProgress:
    """What one learner did with one kata.

    `attempts` counts runs of content that differs from the starter and from the content last
    attempted. The `_at_solve` values are frozen when the kata is first solved, and decide the
    medal for good. `failing` is the task that the test which failed first in the last run is
    about, `given` the level of the hints given for each task, 0 standing for all of them.
    `first_at` and `last_at` are the moments of the first and the last attempt.
    """

    attempts: int = 0
    failing: int = 0
    given: dict[int, int] = field(default_factory=dict)
    solution_shown: bool = False
    solved_at: float | None = None
    attempts_at_solve: int = 0
    hints_at_solve: int = 0
    shown_at_solve: bool = False
    first_at: float = 0.0
    last_outcome: str = ""
    last_attempted: str = ""
    last_at: float = 0.0

    @property
    def solved(self) -> bool:
        return self.solved_at is not None

    @property
    def took(self) -> float:
        """Seconds from the first attempt to the solution."""
        return (self.solved_at or 0.0) - self.first_at if self.solved and self.first_at else 0.0

    @property
    def hints(self) -> int:
        """The highest level of the hints that were given, whatever they were for."""
        return max(self.given.values(), default=0)


def fold(events: Iterable[Event]) -> dict[str, KataProgress]:
    """kata id -> progress, from the events of one learner."""
    progress: dict[str, KataProgress] = {}
    for event in in_order(events):
        if event.event in _ORDER:
            state = progress.get(event.kata)
            if state is None:
                state = progress[event.kata] = KataProgress()
            # Duplicates are neighbours now, and an event that is applied twice changes nothing.
            _apply(state, event)
    return progress


def in_order(events: Iterable[Event]) -> list[Event]:
    """The events as they happened; of those at the same time, each run from its start on."""
    ordered = sorted(events, key=_time)
    times = list(map(_time, ordered))
    if not all(map(lt, times, times[1:])):
        ordered.sort(key=lambda e: (e.t, e.run, _ORDER.get(e.event, 3), e))
    return ordered


def _apply(state: KataProgress, event: Event) -> None:
    if event.event == "started":
        if event.untouched or event.sha256 == state.last_attempted:
            return
        state.attempts += 1
        state.first_at = state.first_at or event.t
        state.last_attempted = event.sha256
        state.last_outcome = "interrupted"
        state.last_at = event.t
    elif event.event == "finished":
        state.last_outcome = event.outcome
        if event.outcome == "failed":
            state.failing = event.task
        whole = event.tests > 0 and event.passed == event.tests
        if event.outcome == "passed" and whole:
            state.failing = 0
            if not state.solved:
                state.solved_at = event.t
                state.attempts_at_solve = state.attempts
                state.hints_at_solve = state.hints
                state.shown_at_solve = state.solution_shown
    elif event.event == "hint":
        state.given[event.task] = max(state.given.get(event.task, 0), event.level)
    elif event.event == "solution":
        state.solution_shown = True


def current(catalog: Catalog, progress: Mapping[str, KataProgress]) -> Kata | None:
    """Where the learner is: the unsolved kata attempted last, else the first unsolved one.

    None when everything is solved.
    """
    waiting = [k for k in catalog if not (k.id in progress and progress[k.id].solved)]
    tried = [k for k in waiting if k.id in progress and progress[k.id].last_at]
    if tried:
        return max(tried, key=lambda kata: progress[kata.id].last_at)
    return waiting[0] if waiting else None


def undoable(events: Iterable[Event]) -> list[Event]:
    """The resets that have not been undone, oldest first."""
    open_resets: list[Event] = []
    for event in sorted(set(events)):
        if event.event == "reset":
            open_resets.append(event)
        elif event.event == "undo":
            open_resets = [e for e in open_resets if (e.run, e.kata) != (event.run, event.kata)]
    return open_resets
