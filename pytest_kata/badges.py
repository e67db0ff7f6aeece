"""Rules: which medal a solved kata earned, and which badges a set of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pytest_kata.catalog import Catalog, Kata
from pytest_kata.journal import Event
from pytest_kata.progress import KataProgress

MASTER = "Pre-training and Fine-tuning Master"
MASTER_TRACK = "01_core"
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
    """Earned when every kata of its set is solved; the Master's, when one run `proven` them all."""

    name: str
    solved: int
    needed: int
    meaning: str = ""
    proven: bool = True

    @property
    def earned(self) -> bool:
        return self.solved >= self.needed and self.proven

    @property
    def is_due(self) -> bool:
        """Whether all that is missing is one run of everything."""
        return self.solved >= self.needed and not self.proven


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
    catalog: Catalog, progress: Mapping[str, KataProgress], proven: bool = False
) -> list[Badge]:
    """The badge of each track. The core's asks for its ten katas, shipped yet or not.

    `proven` is what `is_proven` says of the journal.
    """
    found = []
    for track in catalog.tracks:
        if track.folder == MASTER_TRACK:
            solved = _solved(CORE, progress)
            found.append(Badge(MASTER, solved, len(CORE), _MASTERY, proven))
        else:
            ids = tuple(kata.id for kata in track.katas)
            meaning = f"It stands for every kata of the track {track.name}."
            found.append(Badge(track.name.capitalize(), _solved(ids, progress), len(ids), meaning))
    return found


def _solved(ids: Iterable[str], progress: Mapping[str, KataProgress]) -> int:
    return sum(1 for id in ids if id in progress and progress[id].solved)


def is_proven(events: Iterable[Event]) -> bool:
    """Whether the ten core katas have once passed together, in one run."""
    return any(event.event == "badge" and event.mode == MASTER for event in events)
