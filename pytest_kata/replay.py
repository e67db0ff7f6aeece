"""Rounds on disk: the learner's work is put away, the starter laid, and the work brought back.

Every change archives and logs before it overwrites anything, so that a power cut in between costs
nothing: what was put away is found by its hash.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Sequence
from typing import NamedTuple

from pytest_kata.catalog import Catalog, Kata, KitError
from pytest_kata.journal import Event, Journal, new_run
from pytest_kata.rounds import (
    CHALLENGE,
    LEFT,
    Challenge,
    Round,
    Rounds,
    challenge_set,
    fold_rounds,
)
from pytest_kata.workspace import Workspace, read_regular


class News(NamedTuple):
    """What `settle` did: rounds that ended, the one that began, the challenge that ended."""

    closed: Sequence[Round] = ()
    opened: Round | None = None
    ended: Challenge | None = None


class Replay:
    """The rounds of one learner in one kit."""

    def __init__(self, workspace: Workspace, catalog: Catalog, journal: Journal) -> None:
        self.workspace = workspace
        self.catalog = catalog
        self.journal = journal

    def rounds(self) -> Rounds:
        return fold_rounds(self.journal.events().events)

    def settle(self, now: float | None = None) -> News:
        """End the rounds that are over, and go on with the challenge. Raises KitError."""
        events = self.journal.events().events
        if not any(event.event == "opened" for event in events):
            return News()
        now = time.time() if now is None else now
        rounds, known = fold_rounds(events), {kata.id: kata for kata in self.catalog}
        closed = []
        for id, one in rounds.open.items():
            # A kata that is not there any more has no clock to look at.
            verdict = one.verdict(known[id], now) if id in known else LEFT
            if verdict:
                self.close(one, verdict)
                closed.append(one)
        challenge = rounds.challenge
        if challenge is None or any(one.is_open for one in challenge.rounds):
            return News(tuple(closed))
        following = challenge.next(challenge_set(self.catalog, challenge.wanted))
        if following is not None:
            return News(tuple(closed), self.open(following, CHALLENGE, challenge.series))
        self._log("", "closed", run=challenge.series)
        challenge.closed_at = now
        return News(tuple(closed), None, challenge)

    def begin_challenge(self, wanted: str) -> Round:
        """The first round of a new challenge over `wanted`. Raises KitError."""
        katas = challenge_set(self.catalog, wanted)
        if not katas:
            tracks = [track.name for track in self.catalog.tracks]
            near = difflib.get_close_matches(wanted, tracks, n=1)
            meant = f"did you mean {near[0]}?" if near else f"tracks: {', '.join(tracks)}"
            raise KitError(f"there is no set {wanted!r} of katas with a clock; {meant}",
                           command="kata challenge")  # fmt: skip
        series = new_run()
        self._log("", "challenge", run=series, mode=wanted)
        return self.open(katas[0], CHALLENGE, series)

    def challenged(self) -> Kata:
        """The kata of the challenge that is under way; begins one if none is. Raises KitError."""
        rounds = self.rounds()
        if rounds.challenge is None:
            return self.catalog.find(self.begin_challenge("").kata)
        playing = [one for one in rounds.challenge.rounds if one.is_open]
        if not playing:
            raise KitError("the challenge cannot go on", command="kata challenge --stop")
        return self.catalog.find(playing[0].kata)

    def open(self, kata: Kata, mode: str, series: str = "") -> Round:
        """A fresh copy of `kata`; what lay there is kept. Raises KitError."""
        try:
            starter = self.workspace.starter(kata).read_bytes()
        except OSError:
            raise KitError("the starter is missing", where=str(self.workspace.starter(kata)),
                           command="kata doctor") from None  # fmt: skip
        already = self.rounds().open.get(kata.id)
        if already is not None:
            self.close(already, LEFT)
        before = self._archive(self._content(kata))
        happened = self._log(
            kata.id, "opened", run=new_run(), sha256=before, mode=mode, series=series
        )
        self._lay(kata, starter)
        return Round(happened.run, kata.id, mode, series, before, happened.t)

    def close(self, one: Round, outcome: str) -> None:
        """End a round, and bring back the work that it put away. Raises KitError.

        Where that was the starter there was no work, and what was written in the round stays.
        """
        kata = next((kata for kata in self.catalog if kata.id == one.kata), None)
        written = self._archive(self._content(kata)) if kata else ""
        happened = self._log(
            one.kata, "closed", run=one.run, sha256=written, outcome=outcome, mode=one.mode
        )
        one.closed_at, one.outcome = happened.t, outcome
        archived = self.workspace.archived(one.before)
        if kata is None or not archived.is_file():
            return
        before, starter = archived.read_bytes(), self.workspace.starter(kata)
        if not starter.is_file() or before != starter.read_bytes():
            self._lay(kata, before)
            one.restored = True

    def stop(self, mode: str) -> list[Round]:
        """End every open round of a mode, as the learner asks; for a challenge, end that too."""
        rounds = self.rounds()
        stopped = [one for one in rounds.open.values() if one.mode == mode]
        for one in stopped:
            self.close(one, LEFT)
        if mode == CHALLENGE and rounds.challenge is not None:
            self._log("", "closed", run=rounds.challenge.series)
        return stopped

    def _content(self, kata: Kata) -> bytes:
        try:
            return read_regular(kata.file)
        except OSError:
            return b""

    def _archive(self, content: bytes) -> str:
        try:
            return self.workspace.archive(content)
        except OSError as error:
            raise self._refused(error) from None

    def _log(self, kata: str, event: str, **fields: str) -> Event:
        happened = self.journal.append(kata, event, **fields)
        if self.journal.problem:
            raise KitError("the journal cannot be written, so nothing was changed",
                           where=str(self.journal.path), command="kata doctor")  # fmt: skip
        return happened

    def _lay(self, kata: Kata, content: bytes) -> None:
        try:
            self.workspace.lay(kata, content)
        except OSError as error:
            raise KitError(f"cannot be written ({error.strerror}); your work is archived",
                           where=str(kata.file), command="kata doctor") from None  # fmt: skip

    def _refused(self, error: OSError) -> KitError:
        return KitError(
            f"cannot be written ({error.strerror}), so nothing was changed",
            where=str(self.workspace.home),
            command="kata doctor",
        )
