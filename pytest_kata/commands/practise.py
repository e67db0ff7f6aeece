"""Where am I, what next, help on the way, and a new start."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import time
from pathlib import Path

from rich.text import Text

from pytest_kata import table
from pytest_kata.badges import badges, medal, proven_at
from pytest_kata.catalog import Kata, KitError
from pytest_kata.commands.desk import Desk, say_json
from pytest_kata.editor import open_command
from pytest_kata.journal import Event, new_run
from pytest_kata.modes import of_kind
from pytest_kata.practice import one_more_hint, open_solution, too_early
from pytest_kata.progress import KataProgress, undoable
from pytest_kata.render.terminal import (
    all_solved,
    badge_line,
    beside,
    board,
    hints,
    indent,
    kata_rows,
    located,
    markdown,
)
from pytest_kata.workspace import first_task


def where(desk: Desk, args: argparse.Namespace) -> int:
    """Where am I, and what comes next?"""
    desk.settle()
    desk.header()
    progress = desk.progress
    desk.say(*board(desk.catalog.tracks, progress, desk.touched, desk.look))
    proven = proven_at(desk.reading.events)
    found = badges(desk.catalog, progress, proven, desk.rounds.challenges)
    desk.say(*(badge_line(badge, desk.look) for badge in found))
    kata = desk.current
    if kata is None:
        desk.say("", all_solved(found), Text("      kata list shows the medals", "dim"))
        return 0
    state = progress.get(kata.id, KataProgress())
    help = "kata challenge" if desk.rounds.challenge else "kata hint"
    doing = f"attempts so far: {state.attempts}" if state.attempts else "not attempted yet"
    desk.say(
        "",
        located(Text("Next: ", "bold"), desk.workspace.place(kata), "bold cyan"),
        indent(f"{kata.title} ({kata.id}, {kata.level}, {doing})", by=6),
        beside((f"pytest {desk.workspace.shown(kata.folder)}", help, "kata list"), 6, desk.look),
    )
    return 0


def list_katas(desk: Desk, args: argparse.Namespace) -> int:
    """Every kata, or those of a kind, with its state."""
    catalog = of_kind(desk.catalog, args.kind) if args.kind else desk.catalog
    if args.json:
        say_json(table.listing(catalog, desk.reading.events, desk.touched, time.time(), desk.notes))
        return 0
    desk.settle()
    desk.header()
    desk.say(*kata_rows(catalog, desk.progress, desk.touched, desk.look))
    if args.kind and not catalog.katas:
        desk.say(f"There is no kata of the kind {args.kind} yet.")
    return 0


def next_kata(desk: Desk, args: argparse.Namespace) -> int:
    """The place to open next, alone on a line, so that editors can use it."""
    kata = desk.current
    if kata is None:
        desk.say("Every kata is solved.")
        return 0
    print(desk.workspace.place(kata), flush=True)
    if not args.open:
        return 0
    words = open_command(os.environ, shutil.which, kata.file, first_task(kata.file))
    if not words:
        raise KitError(
            "no editor is known: set VISUAL or EDITOR", command="EDITOR=nano kata next --open"
        )
    try:
        return subprocess.call(words)
    except OSError as error:
        raise KitError(f"{words[0]} cannot be started ({error.strerror}); VISUAL or EDITOR says so",
                       command="kata next") from None  # fmt: skip


def hint(desk: Desk, args: argparse.Namespace) -> int:
    """One more hint; those already given stay readable."""
    desk.settle()
    kata = desk.kata(args.kata)
    state = desk.progress.get(kata.id, KataProgress())
    given = one_more_hint(desk.journal, kata, state, desk.rounds.open.get(kata.id))
    desk.say(*hints(kata, given))
    return 0


def solution(desk: Desk, args: argparse.Namespace) -> int:
    """The reference solution and its explanation. Logged: the medal is then bronze.

    Before gold's attempts are spent it says so first, and --now shows it all the same.
    """
    desk.settle()
    kata = desk.kata(args.kata)
    state, playing = desk.progress.get(kata.id, KataProgress()), desk.rounds.open.get(kata.id)
    said = "" if args.now else too_early(kata, state, playing)
    if said:
        desk.say(said, Text(f"kata solution {kata.id} --now shows it.", "cyan"))
        return 0
    file = open_solution(desk.journal, desk.workspace, kata, state, playing)
    print(file.read_text(encoding="utf-8"))
    explanation = desk.workspace.explanation(kata)
    if explanation.is_file():
        print(markdown(explanation.read_text(encoding="utf-8"), desk.look))
    won = medal(kata, state)
    cost = f"Your {won} medal stays." if won else "Solved from here on, it earns bronze."
    desk.say("", Text(cost, "dim"), located("", desk.workspace.shown(file), "dim"))
    return 0


def reset(desk: Desk, args: argparse.Namespace) -> int:
    """Bring starters back. The work is archived first; kata undo brings it back."""
    if args.all == bool(args.kata):
        raise KitError("say which kata to reset, or --all", command="kata reset accuracy")
    katas = list(desk.catalog) if args.all else [desk.catalog.find(args.kata)]
    run = new_run()
    for kata in katas:
        if desk.workspace.is_untouched(kata):
            if not args.all:
                desk.say(f"{kata.id} is as shipped; there is nothing to reset.")
            continue
        starter = _starter(desk, kata)
        content = kata.file.read_bytes() if kata.file.is_file() else b""
        _keep(desk, kata, "reset", content, run)
        desk.workspace.lay(kata, starter)
        desk.say(f"{kata.id}: the starter is back. kata undo brings your work back.")
    return 0


def undo(desk: Desk, args: argparse.Namespace) -> int:
    """Bring back what the last reset put away."""
    resets = undoable(desk.reading.events)
    if args.kata:
        wanted = desk.catalog.find(args.kata).id
        resets = [event for event in resets if event.kata == wanted]
    if not resets:
        desk.say("There is no reset to undo.")
        return 0
    last = resets[-1].run
    for event in resets:
        if event.run == last:
            _bring_back(desk, event)
    return 0


def _bring_back(desk: Desk, event: Event) -> None:
    kata = desk.catalog.find(event.kata)
    archived = desk.workspace.archived(event.sha256)
    try:
        content = archived.read_bytes()
    except OSError:
        raise KitError("the archived work is not there", where=str(archived)) from None
    present = kata.file.read_bytes() if kata.file.is_file() else b""
    replaced = _keep(desk, kata, "undo", present, event.run)
    desk.workspace.lay(kata, content)
    desk.say(f"{kata.id}: your work is back.")
    if not desk.workspace.starter(kata).is_file() or present != _starter(desk, kata):
        desk.say(Text(f"  what it replaced is kept in {desk.workspace.shown(replaced)}", "dim"))


def _keep(desk: Desk, kata: Kata, event: str, content: bytes, run: str) -> Path:
    """Archive and log before anything is overwritten; raises KitError if either fails."""
    try:
        name = desk.workspace.archive(content)
    except OSError as error:
        raise KitError(
            f"your work cannot be archived ({error.strerror}), so nothing was changed",
            where=str(desk.workspace.home),
            command="kata doctor",
        ) from None
    desk.journal.append(kata.id, event, sha256=name, run=run)
    if desk.journal.problem:
        raise KitError(
            "the journal cannot be written, so nothing was changed",
            where=str(desk.journal.path),
            command="kata doctor",
        )
    return desk.workspace.archived(name)


def _starter(desk: Desk, kata: Kata) -> bytes:
    starter = desk.workspace.starter(kata)
    try:
        return starter.read_bytes()
    except OSError:
        raise KitError(
            "the starter is missing from the kit", where=str(starter), command="kata doctor"
        ) from None
