"""The watch, and all that has a clock: challenge, review, dojo."""

from __future__ import annotations

import argparse
import random
import sys
import time

from rich.text import Text

from pytest_kata.catalog import KitError
from pytest_kata.commands.desk import Desk
from pytest_kata.dates import duration
from pytest_kata.render.rounds import nothing_due, rules, score
from pytest_kata.render.terminal import beside, located
from pytest_kata.rounds import CHALLENGE, REVIEW, challenge_set


def watch(desk: Desk, args: argparse.Namespace) -> int:
    """Stay, and run the kata you are at whenever you save it."""
    from pytest_kata.watch import watch

    return watch(desk.workspace, args.what or "", desk.look, sys.stdout)


def challenge(desk: Desk, args: argparse.Namespace) -> int:
    """Katas against the clock: begin a challenge, or go on with the one that is under way."""
    if args.stop:
        return _stop(desk, CHALLENGE, "There is no challenge under way.")
    desk.settle()
    if desk.rounds.challenge is None:
        katas = challenge_set(desk.catalog, args.set)
        if katas:
            desk.say(*rules(katas), "")
        if katas and sys.stdin.isatty() and sys.stdout.isatty():
            input("Enter starts the clock. ")
        desk.replay.begin_challenge(args.set)
    elif args.set not in ("", desk.rounds.challenge.wanted):
        raise KitError("another challenge is under way; kata challenge goes on with it",
                       command="kata challenge --stop")  # fmt: skip
    return _play(desk)


def review(desk: Desk, args: argparse.Namespace) -> int:
    """Bring a solved kata back on a fresh copy: the one that is due, or the one you name."""
    from pytest_kata.memory import due_for_review, remember

    if args.stop:
        return _stop(desk, REVIEW, "There is no review under way.")
    desk.settle()
    under_way = [one.kata for one in desk.rounds.open.values() if one.mode == REVIEW]
    if under_way and (not args.kata or desk.catalog.find(args.kata).id in under_way):
        return _play(desk)
    memories = remember(desk.catalog, desk.reading.events, time.time())
    solved = [memory for memory in memories if memory.due is not None]
    waiting = due_for_review(memories, time.time())
    if args.kata:
        kata = desk.catalog.find(args.kata)
        if kata not in [memory.kata for memory in solved]:
            raise KitError(f"{kata.id} was never solved, so there is nothing to review",
                           command=f"pytest {desk.workspace.shown(kata.folder)}")  # fmt: skip
    elif args.random and solved:
        kata = random.choice(solved).kata
    elif waiting:
        kata = waiting[0].kata
    else:
        desk.say(*nothing_due(solved, time.time()))
        return 0
    if len(waiting) > 1:
        desk.say(Text(f"{len(waiting)} katas are due.", "dim"))
    best = desk.rounds.best(kata.id)
    desk.replay.open(kata, REVIEW)
    desk.say(
        Text(f"{kata.id}: the starter again; your work is put away and comes back afterwards.")
    )
    if best is not None:
        desk.say(Text(f"Your best time is {duration(best)}.", "dim"))
    return _play(desk)


def dojo(desk: Desk, args: argparse.Namespace) -> int:
    """A watch for several people at one screen, who take turns at the keyboard."""
    from pytest_kata.dojo import Dojo, seated
    from pytest_kata.watch import watch

    names = seated(args.names)
    if len(names) < 2:
        raise KitError("a dojo needs two names or more", command="kata dojo --names ana,ben")
    if not 0 < args.rotate <= 24 * 60:
        raise KitError(
            "a turn is some minutes long", command="kata dojo --rotate 5 --names ana,ben"
        )
    seats = Dojo(names, args.rotate * 60, args.began or time.time())
    return watch(desk.workspace, args.what or "", desk.look, sys.stdout, seats)


def _play(desk: Desk) -> int:
    """Go on with the round that is open: in a watch, or where nobody sits, by naming the place."""
    from pytest_kata.watch import watch

    if sys.stdin.isatty() and sys.stdout.isatty():
        return watch(desk.workspace, "", desk.look, sys.stdout)
    desk.reading = desk.journal.events()
    desk.header()
    kata = desk.current
    if kata is not None:
        next = Text("Next: ", "bold")
        desk.say(
            located(next, desk.workspace.place(kata), "bold cyan"),
            beside((f"pytest {desk.workspace.shown(kata.folder)}", "kata watch"), 6, desk.look),
        )
    return 0


def _stop(desk: Desk, mode: str, nothing: str) -> int:
    challenge = desk.rounds.challenge
    stopped = desk.replay.stop(mode)
    for one in stopped:
        kata = next((kata for kata in desk.catalog if kata.id == one.kata), None)
        written = kata is not None and not desk.workspace.is_untouched(kata)
        kept = "; what you wrote stays" if written else ""
        desk.say(f"{one.kata}: left{'; your earlier work is back' if one.restored else kept}.")
    if mode == CHALLENGE and challenge is not None:
        desk.say(*score(challenge, challenge_set(desk.catalog, challenge.wanted), desk.look))
    elif not stopped:
        desk.say(nothing)
    return 0
