"""Rules: which medal a solved kata earned, and which badges a set of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_kata.catalog import Catalog, Kata
from pytest_kata.journal import Event
from pytest_kata.progress import KataProgress
from pytest_kata.rounds import SOLVED, Challenge, challenge_set

MASTER = "Pre-training and Fine-tuning Master"
MASTER_TRACK = "01_core"
CHALLENGE_WON = "Challenge"
CORE: tuple[str, ...] = (
    "pretraining-objective",
    "pretrained-start",
    "adapt-to-task",
    "load-pretrained",
    "accuracy",
    "fine-tuned-predictions",
    "learning-rate",
    "stable-fine-tuning",
    "choose-model",
    "medical-chat",
)

_MASTERY = (
    "It stands for ten concepts, from the pre-training objective to a model that chats, each "
    "against tests that reject what goes wrong in practice."
)


@dataclass(frozen=True)
class Badge:
    """Earned when every kata of its set is solved; the Master's, when one run proved them all, and
    the challenge's, when one challenge saw them all solved within their clocks.

    `earned_at` is that moment, in seconds since the epoch.
    """

    name: str
    solved: int
    needed: int
    meaning: str = ""
    earned_at: float | None = None

    @property
    def earned(self) -> bool:
        return self.earned_at is not None

    @property
    def is_due(self) -> bool:
        """Whether all that is missing is one run of everything."""
        return self.name == MASTER and self.solved >= self.needed and not self.earned


def medal(kata: Kata, progress: KataProgress) -> str:
    """ "gold", "silver" or "bronze" for a solved kata, else "".

    Gold: solved within the attempt budget and without a hint. Silver: with hints or more
    attempts. Bronze: after the solution was shown.
    """
    if not progress.solved:
        return ""
    if progress.shown_at_solve:
        return "bronze"
    if progress.hints_at_solve or progress.attempts_at_solve > kata.attempts:
        return "silver"
    return "gold"


def badges(
    catalog: Catalog,
    progress: Mapping[str, KataProgress],
    proven_at: float | None = None,
    challenges: Sequence[Challenge] = (),
) -> list[Badge]:
    """The badge of each track, and that of the challenge if any kata has a clock.

    The core's asks for its ten katas, shipped yet or not. `proven_at` is the function of that name,
    applied to the journal; `challenges` are the learner's.
    """
    found = []
    for track in catalog.tracks:
        if track.folder == MASTER_TRACK:
            name, ids, meaning = MASTER, CORE, _MASTERY
        else:
            name, ids = track.name.capitalize(), tuple(kata.id for kata in track.katas)
            meaning = f"It stands for every kata of the track {track.name}."
        times = [at for id in ids if id in progress and (at := progress[id].solved_at) is not None]
        if name == MASTER:
            earned_at = proven_at if len(times) == len(ids) else None
        else:
            earned_at = max(times) if len(times) == len(ids) else None
        found.append(Badge(name, len(times), len(ids), meaning, earned_at))
    return [*found, *_challenge(catalog, challenges)]


def _challenge(catalog: Catalog, challenges: Sequence[Challenge]) -> list[Badge]:
    """The badge for all katas with a clock, of which one challenge counts: the best."""
    needed = {kata.id for kata in challenge_set(catalog, "")}
    if not needed:
        return []
    most, times = 0, []
    for one in challenges:
        solved = {r.kata: r.solved_at for r in one.rounds if r.outcome == SOLVED}
        most = max(most, len(needed & solved.keys()))
        if needed <= solved.keys():
            times.append(max(at for at in solved.values() if at is not None))
    meaning = f"It stands for {len(needed)} katas from a fresh copy, each within its clock."
    return [Badge(CHALLENGE_WON, most, len(needed), meaning, min(times, default=None))]


def proven_at(events: Iterable[Event]) -> float | None:
    """When the ten core katas first passed together, in one run; None if they never have."""
    times = (event.t for event in events if event.event == "badge" and event.mode == MASTER)
    return min(times, default=None)
