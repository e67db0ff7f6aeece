"""The katas that a watch follows, and where the learner is among them at this moment."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from pytest_kata.catalog import Catalog, Kata, Track
from pytest_kata.journal import Journal
from pytest_kata.progress import KataProgress, fold
from pytest_kata.rounds import Round, Rounds, fold_rounds, now_playing, where
from pytest_kata.workspace import Workspace


class Course:
    """All katas, or those of the track that is `wanted` by name or folder."""

    def __init__(
        self, workspace: Workspace, catalog: Catalog, journal: Journal, wanted: str
    ) -> None:
        self.track: Track | None = None
        for track in catalog.tracks:
            if wanted and wanted in (track.folder, track.name):
                self.track = track
        self._workspace = workspace
        self._catalog = catalog
        self._journal = journal

    @property
    def katas(self) -> Sequence[Kata]:
        return self.track.katas if self.track else self._catalog.katas

    @property
    def progress(self) -> dict[str, KataProgress]:
        return fold(self._journal.events().events)

    @property
    def rounds(self) -> Rounds:
        return fold_rounds(self._journal.events().events)

    @property
    def touched(self) -> set[str]:
        """Ids of the katas whose file is not the starter."""
        return {kata.id for kata in self._catalog if not self._workspace.is_untouched(kata)}

    def state(self, kata: Kata) -> KataProgress:
        return self.progress.get(kata.id, KataProgress())

    def playing(self, kata: Kata) -> Round | None:
        return self.rounds.open.get(kata.id)

    def current(self) -> Kata | None:
        """Where the learner is; on a track, and in no round, a kata of that track."""
        rounds, progress = self.rounds, self.progress
        found = where(self._catalog, progress, rounds)
        if self.track and found not in self.track.katas and not rounds.open:
            waiting = [k for k in self.track.katas if not _solved(k, progress)]
            return (waiting or list(self.track.katas))[0]
        return found

    def after(self, kata: Kata) -> Kata | None:
        """The next unsolved kata, from this one to the end and round again; None if all are.

        A challenge has an order of its own.
        """
        rounds = self.rounds
        if rounds.challenge is not None:
            return now_playing(self._catalog, rounds)
        katas, progress = list(self.katas), self.progress
        here = katas.index(kata) if kata in katas else -1
        others = katas[here + 1 :] + katas[: max(here, 0)]
        return next((other for other in others if not _solved(other, progress)), None)

    def difference(self, kata: Kata) -> list[str]:
        """What the learner changed, as the lines of a unified diff."""
        if not kata.file.is_file():
            return [f"{kata.file.name} is not there"]
        starter, mine = _lines(self._workspace.starter(kata)), _lines(kata.file)
        return list(difflib.unified_diff(starter, mine, "starter", kata.file.name, lineterm=""))


def _solved(kata: Kata, progress: dict[str, KataProgress]) -> bool:
    return progress.get(kata.id, KataProgress()).solved


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="replace").splitlines()
