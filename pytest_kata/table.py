"""Everything the journal says of one learner, as plain values: catalog + events -> a table.

`kata list --json` and `kata report --json` print it, and the report is drawn from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from pytest_kata import curves
from pytest_kata.badges import badges, medal, proven_at
from pytest_kata.catalog import Catalog, Kata
from pytest_kata.journal import Event
from pytest_kata.memory import SHAKY, STRONG, WEAK, Memory, remember
from pytest_kata.progress import KataProgress, fold, in_order
from pytest_kata.rounds import CHALLENGE, OPEN, Challenge, Round, Rounds, challenge_set, fold_rounds
from pytest_kata.rows import (
    FORMAT,
    GONE,
    IN_PROGRESS,
    NOT_STARTED,
    SOLVED,
    AttemptRow,
    ChallengeRow,
    ConceptRow,
    KataRow,
    Listing,
    LossRow,
    RoundRow,
    Table,
)

_WEAKEST_FIRST = (WEAK, SHAKY, STRONG)


def report(
    catalog: Catalog,
    events: Iterable[Event],
    touched: set[str],
    now: float,
    learner: str = "",
    notes: Iterable[str] = (),
) -> Table:
    """The whole table, katas that are gone from the kit included."""
    happened = list(events)
    progress, rounds = fold(happened), fold_rounds(happened)
    memories = remember(catalog, happened, now)
    known = {kata.id for kata in catalog}
    gone = [id for id in progress if id not in known and id]
    return {
        "format": FORMAT,
        "learner": learner,
        "made": now,
        "katas": _katas(memories, progress, rounds, touched)
        + [_gone(id, progress[id], rounds) for id in gone],
        "badges": [
            {
                "name": b.name,
                "solved": b.solved,
                "needed": b.needed,
                "earned": b.earned,
                "earned_at": b.earned_at,
            }
            for b in badges(catalog, progress, proven_at(happened), rounds.challenges)
        ],
        "concepts": _concepts(memories, progress, rounds),
        "attempts": attempts(happened),
        "losses": losses(happened),
        "challenges": [_challenge(catalog, one) for one in rounds.challenges],
        "reviews": [_round(one) for one in rounds.all if one.mode != CHALLENGE],
        "notes": list(notes),
    }


def listing(
    catalog: Catalog,
    events: Iterable[Event],
    touched: set[str],
    now: float,
    notes: Iterable[str] = (),
) -> Listing:
    """The katas of the catalog alone."""
    happened = list(events)
    memories = remember(catalog, happened, now)
    rows = _katas(memories, fold(happened), fold_rounds(happened), touched)
    return {"format": FORMAT, "katas": rows, "notes": list(notes)}


def concepts(catalog: Catalog, events: Iterable[Event], now: float) -> list[ConceptRow]:
    """What `kata strength` shows, the weakest first."""
    happened = list(events)
    return _concepts(remember(catalog, happened, now), fold(happened), fold_rounds(happened))


def attempts(events: Iterable[Event]) -> list[AttemptRow]:
    """Every attempt in its order, with how the last run of that content ended.

    What never came to its end is "interrupted".
    """
    rows: list[AttemptRow] = []
    last: dict[str, str] = {}
    latest: dict[str, AttemptRow] = {}
    running: dict[tuple[str, str], AttemptRow] = {}
    for event in in_order(events):
        if event.event == "started" and not event.untouched:
            if event.sha256 != last.get(event.kata):
                last[event.kata] = event.sha256
                latest[event.kata] = _begun(event)
                rows.append(latest[event.kata])
            running[event.run, event.kata] = latest[event.kata]
        elif event.event == "finished" and (event.run, event.kata) in running:
            row = running[event.run, event.kata]
            row["outcome"], row["seconds"] = event.outcome, event.seconds
            row["passed"], row["tests"] = event.passed, event.tests
    return rows


def losses(events: Iterable[Event]) -> list[LossRow]:
    """One row for each kata that has shown a training run, the latest one."""
    latest: dict[str, LossRow] = {}
    for event in in_order(events):
        shown = curves.read(event.losses) if event.event == "finished" else None
        if shown is not None:
            parting = shown.parting
            latest[event.kata] = {
                "t": event.t,
                "kata": event.kata,
                "steps": shown.steps,
                "parts_at": parting.step if parting else None,
                "parting": parting.words if parting else "",
                "yours": [loss if math.isfinite(loss) else None for loss in shown.yours],
                "reference": list(shown.reference),
            }
    return list(latest.values())


def _begun(event: Event) -> AttemptRow:
    return {
        "t": event.t,
        "kata": event.kata,
        "outcome": "interrupted",
        "passed": 0,
        "tests": 0,
        "seconds": 0.0,
        "driver": event.driver,
    }


def _katas(
    memories: Sequence[Memory],
    progress: Mapping[str, KataProgress],
    rounds: Rounds,
    touched: set[str],
) -> list[KataRow]:
    return [
        _kata(memory, progress.get(memory.kata.id, KataProgress()), rounds, touched)
        for memory in memories
    ]


def _kata(memory: Memory, state: KataProgress, rounds: Rounds, touched: set[str]) -> KataRow:
    kata = memory.kata
    started = IN_PROGRESS if kata.id in touched or state.attempts else NOT_STARTED
    return {
        "id": kata.id,
        "title": kata.title,
        "concept": kata.concept,
        "kinds": list(kata.kinds),
        "level": kata.level,
        "track": kata.track,
        "file": f"{kata.track}/{kata.folder.name}/{kata.file.name}",
        "status": SOLVED if state.solved else started,
        "medal": medal(kata, state),
        "attempts": state.attempts,
        "hints": state.hints,
        "hints_in_all": len(kata.hints),
        "solution_shown": state.solution_shown,
        "solved_at": state.solved_at,
        "last_at": _last(state, rounds.of(kata.id)),
        "clock": kata.clock,
        "best": rounds.best(kata.id),
        "strength": "" if kata.passes_as_shipped else memory.strength,
        "recall": round(memory.recall, 4),
        "due": memory.due,
    }


def _gone(id: str, state: KataProgress, rounds: Rounds) -> KataRow:
    return {
        "id": id,
        "title": "",
        "concept": "",
        "kinds": [],
        "level": "",
        "track": "",
        "file": "",
        "status": GONE,
        "medal": "",
        "attempts": state.attempts,
        "hints": state.hints,
        "hints_in_all": 0,
        "solution_shown": state.solution_shown,
        "solved_at": state.solved_at,
        "last_at": _last(state, rounds.of(id)),
        "clock": None,
        "best": rounds.best(id),
        "strength": "",
        "recall": 0.0,
        "due": None,
    }


def _last(state: KataProgress, rounds: Sequence[Round]) -> float | None:
    """When it was last worked on: attempted, solved, or played again."""
    times = [state.last_at or None, state.solved_at, *(one.solved_at for one in rounds)]
    return max((t for t in times if t is not None), default=None)


def _concepts(
    memories: Iterable[Memory], progress: Mapping[str, KataProgress], rounds: Rounds
) -> list[ConceptRow]:
    """Weakest first; of the weak, what was solved once, then what was tried, then the rest."""
    together: dict[str, list[Memory]] = {}
    for memory in memories:
        # What passes as shipped was never learnt, so it is not forgotten either.
        if not memory.kata.passes_as_shipped:
            together.setdefault(memory.kata.concept, []).append(memory)
    rows = [_concept(name, of, progress, rounds) for name, of in together.items()]
    return sorted(rows, key=_weakness)


def _weakness(row: ConceptRow) -> tuple[int, int, float]:
    stage = 0 if row["solved"] else 1 if row["attempts"] else 2
    return _WEAKEST_FIRST.index(row["strength"]), stage, row["recall"]


def _concept(
    name: str, memories: Sequence[Memory], progress: Mapping[str, KataProgress], rounds: Rounds
) -> ConceptRow:
    weakest = min(memories, key=lambda m: (_WEAKEST_FIRST.index(m.strength), m.recall))
    katas: list[Kata] = [memory.kata for memory in memories]
    states = [progress.get(kata.id, KataProgress()) for kata in katas]
    played = {kata.id: rounds.of(kata.id) for kata in katas}
    last = [_last(state, played[kata.id]) for state, kata in zip(states, katas, strict=True)]
    return {
        "concept": name,
        "strength": weakest.strength,
        "recall": round(weakest.recall, 4),
        "due": min((m.due for m in memories if m.due is not None), default=None),
        "katas": [kata.id for kata in katas],
        "practise": weakest.kata.id,
        "solved": sum(state.solved for state in states),
        "attempts": sum(state.attempts for state in states),
        "hints": sum(state.hints for state in states),
        "solutions": sum(state.solution_shown for state in states),
        "rounds": sum(not one.is_open for of in played.values() for one in of),
        "last_at": max((t for t in last if t is not None), default=None),
    }


def _round(one: Round) -> RoundRow:
    return {
        "t": one.opened_at,
        "kata": one.kata,
        "mode": one.mode,
        "outcome": OPEN if one.is_open else one.outcome,
        "attempts": one.attempts,
        "hints": one.hints,
        "solution_shown": one.solution_shown,
        "seconds": one.seconds,
    }


def _challenge(catalog: Catalog, one: Challenge) -> ChallengeRow:
    """Its set is that of today's kit, and whatever was played although it is gone since."""
    ids = {kata.id for kata in challenge_set(catalog, one.wanted)}
    return {
        "t": one.began_at,
        "wanted": one.wanted,
        "solved": one.solved,
        "katas": len(ids | {played.kata for played in one.rounds}),
        "ended": not one.is_open,
        "rounds": [_round(played) for played in one.rounds],
    }
