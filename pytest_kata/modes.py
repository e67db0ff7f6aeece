"""Ten ways to practise, and the command for each."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from pytest_kata.catalog import Catalog, Kata, KitError
from pytest_kata.outline import KINDS


@dataclass(frozen=True)
class Mode:
    """A way to practise. Where `kind` is set, it is a kind of kata, and `command` is ""."""

    name: str
    about: str
    command: str = ""

    @property
    def kind(self) -> str:
        return "" if self.command else self.name


MODES = (
    Mode("learn", "Read, run, and see what happens."),
    Mode("predict", "Say what comes out before you compute it."),
    Mode("choose", "Pick what fits the task, and be able to say why."),
    Mode("implement", "Write it from its description."),
    Mode("tune", "Find the setting that makes it work."),
    Mode("debug", "Find out what is wrong with code that runs."),
    Mode("compose", "Put parts together that you wrote before."),
    Mode("challenge", "Against the clock, on a fresh copy.", "kata challenge"),
    Mode("review", "Once more what you solved, when it is due.", "kata review"),
    Mode(
        "dojo",
        "Together at one keyboard, taking turns.",
        "kata dojo --rotate 5 --names ada,ben,cleo",
    ),
)


def of_kind(catalog: Catalog, kind: str) -> Catalog:
    """The katas of a kind. Raises KitError, with the nearest kind, if there is no such kind."""
    wanted = kind.strip().lower()
    if wanted not in KINDS:
        near = difflib.get_close_matches(wanted, KINDS, n=1)
        meant = f"; did you mean {near[0]}?" if near else f"; kinds: {', '.join(KINDS)}"
        raise KitError(f"there is no kind {kind!r}{meant}", command="kata modes")
    return Catalog(tuple(kata for kata in catalog if wanted in kata.kinds), catalog.problems)


def how_many(katas: Iterable[Kata], kind: str) -> int:
    return sum(kind in kata.kinds for kata in katas)
