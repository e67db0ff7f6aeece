"""Rules: which medal a solved kata earned, and which badges a set of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_kata.catalog import Catalog, Kata
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


@dataclass(frozen=True)
class Badge:
    """Earned when every kata of its set is solved."""

    name: str
    solved: int
    needed: int

    @property
    def earned(self) -> bool:
        return self.solved >= self.needed


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


def badges(catalog: Catalog, progress: Mapping[str, KataProgress]) -> list[Badge]:
    """The badge of each track. The core's asks for its ten katas, shipped yet or not."""
    found = []
    for track in catalog.tracks:
        name = track.name.capitalize()
        ids = tuple(kata.id for kata in track.katas)
        if track.folder == MASTER_TRACK:
            name, ids = MASTER, CORE
        solved = sum(1 for id in ids if id in progress and progress[id].solved)
        found.append(Badge(name, solved, len(ids)))
    return found
