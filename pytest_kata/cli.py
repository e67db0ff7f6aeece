"""The `kata` command: everything about practising that is not a test run."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from pytest_kata import __version__, table
from pytest_kata.badges import badges, medal
from pytest_kata.catalog import Catalog, Kata, KitError
from pytest_kata.journal import Event, Journal, new_run, notices
from pytest_kata.modes import of_kind
from pytest_kata.practice import one_more_hint, open_solution
from pytest_kata.progress import KataProgress, fold, undoable
from pytest_kata.render.rounds import clock, header, news, nothing_due, rules, score
from pytest_kata.render.terminal import (
    Look,
    badge_line,
    board,
    indent,
    kata_rows,
    look_for,
    markdown,
    prose,
)
from pytest_kata.replay import Replay
from pytest_kata.rounds import CHALLENGE, REVIEW, Rounds, challenge_set, fold_rounds
from pytest_kata.rounds import where as where_now
from pytest_kata.workspace import Workspace, lay_out


class Desk:
    """What every command works with: the kit, the journal and how things stand."""

    def __init__(self, home: str) -> None:
        workspace = Workspace.find(Path.cwd(), home=home)
        if workspace is None:
            raise KitError("there are no katas here", where=str(Path.cwd()), command="kata init .")
        self.workspace = workspace
        self.catalog: Catalog = workspace.catalog()
        self.journal = Journal(workspace.journal)
        self.reading = self.journal.events()
        self.look = stdout_look()

    @property
    def progress(self) -> dict[str, KataProgress]:
        return fold(self.reading.events)

    @property
    def touched(self) -> set[str]:
        """Ids of the katas whose file is not the starter."""
        return {kata.id for kata in self.catalog if not self.workspace.is_untouched(kata)}

    @property
    def rounds(self) -> Rounds:
        return fold_rounds(self.reading.events)

    @property
    def replay(self) -> Replay:
        return Replay(self.workspace, self.catalog, self.journal)

    def settle(self) -> None:
        """End the rounds that are over, and say so."""
        told = self.replay.settle()
        self.reading = self.journal.events()
        for line in news(told, self.catalog, self.rounds, self.look):
            self.say(line)

    def header(self) -> None:
        """The clock of the round that is open."""
        lines = header(self.catalog, self.rounds, time.time(), self.look)
        if lines:
            self.say(*lines, "")

    @property
    def current(self) -> Kata | None:
        return where_now(self.catalog, self.progress, self.rounds)

    def kata(self, word: str | None) -> Kata:
        """The kata called `word`, or the one the learner is at."""
        if word:
            return self.catalog.find(word)
        found = self.current
        if found is None:
            raise KitError("every kata is solved, so say which one", command="kata list")
        return found

    def say(self, *lines: RenderableType) -> None:
        print(self.look.draw(lines))

    @property
    def notes(self) -> list[str]:
        """What of kit and journal could not be used, a sentence each."""
        told = (*notices(self.reading), self.journal.problem)
        return [*map(str, self.catalog.problems), *(note for note in told if note)]

    def say_problems(self) -> None:
        for problem in self.catalog.problems:
            self.say(Text(str(problem), "red"))
        for note in (*notices(self.reading), self.journal.problem):
            if note:
                self.say(Text(f"note: {note}", "yellow"))


def where(desk: Desk, args: argparse.Namespace) -> int:
    """Where am I, and what comes next?"""
    desk.settle()
    desk.header()
    progress = desk.progress
    desk.say(*board(desk.catalog.tracks, progress, desk.touched, desk.look))
    desk.say(*(badge_line(badge, desk.look) for badge in badges(desk.catalog, progress)))
    kata = desk.current
    if kata is None:
        desk.say("", "Every kata is solved. kata list shows the medals.")
        return 0
    state = progress.get(kata.id, KataProgress())
    doing = f"attempts so far: {state.attempts}" if state.attempts else "not attempted yet"
    desk.say(
        "",
        Text.assemble(("Next: ", "bold"), (desk.workspace.place(kata), "bold cyan")),
        f"      {kata.title} ({kata.id}, {kata.level}, {doing})",
        Text(f"      pytest {desk.workspace.shown(kata.folder)}   kata hint   kata list", "dim"),
    )
    return 0


def list_katas(desk: Desk, args: argparse.Namespace) -> int:
    """Every kata, or those of a kind, with its state."""
    catalog = of_kind(desk.catalog, args.kind) if args.kind else desk.catalog
    if args.json:
        say_json(table.listing(catalog, desk.reading.events, desk.touched, time.time(), desk.notes))
        return 0
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
    print(desk.workspace.place(kata))
    return 0


def hint(desk: Desk, args: argparse.Namespace) -> int:
    """One more hint; those already given stay readable."""
    desk.settle()
    kata = desk.kata(args.kata)
    state = desk.progress.get(kata.id, KataProgress())
    hints = one_more_hint(desk.journal, kata, state, desk.rounds.open.get(kata.id))
    for number, text in enumerate(kata.hints[: hints.level], start=1):
        new = number == hints.level and hints.new
        desk.say(
            Text(f"{kata.id}, hint {number} of {len(kata.hints)}", "bold" if new else "dim"),
            *(indent(line, "" if new else "dim") for line in prose(text)),
        )
    if not hints.new:
        desk.say("", f"That was the last one. kata solution {kata.id} shows an answer.")
    return 0


def solution(desk: Desk, args: argparse.Namespace) -> int:
    """The reference solution and its explanation. Logged: the medal is then bronze."""
    desk.settle()
    kata = desk.kata(args.kata)
    state, playing = desk.progress.get(kata.id, KataProgress()), desk.rounds.open.get(kata.id)
    file = open_solution(desk.journal, desk.workspace, kata, state, playing)
    print(file.read_text(encoding="utf-8"))
    explanation = desk.workspace.explanation(kata)
    if explanation.is_file():
        print(markdown(explanation.read_text(encoding="utf-8"), desk.look))
    won = medal(kata, state)
    cost = f"Your {won} medal stays." if won else "Solved from here on, it earns bronze."
    desk.say("", Text(f"{desk.workspace.shown(file)}   {cost}", "dim"))
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


def diagnose(desk: Desk, args: argparse.Namespace) -> int:
    """Versions, plugin, journal and time factor."""
    from pytest_kata import doctor

    findings = doctor.examine(desk.workspace, desk.catalog, desk.journal)
    for finding in findings:
        mark = desk.look.mark("✓", "+") if finding.good else desk.look.mark("✗", "x")
        style = "green" if finding.good else "bold red"
        desk.say(Text.assemble((f"{mark} ", style), f"{finding.about}: {finding.said}"))
    return 0 if all(finding.good for finding in findings) else 1


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
        raise KitError("another challenge is under way", command="kata challenge --stop")
    return _play(desk)


def review(desk: Desk, args: argparse.Namespace) -> int:
    """Bring a solved kata back on a fresh copy: the one that is due, or the one you name."""
    from pytest_kata.memory import due_for_review, remember

    if args.stop:
        return _stop(desk, REVIEW, "There is no review under way.")
    desk.settle()
    if any(one.mode == REVIEW for one in desk.rounds.open.values()) and not args.kata:
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
        desk.say(Text(f"Your best time is {clock(best)}.", "dim"))
    return _play(desk)


def dojo(desk: Desk, args: argparse.Namespace) -> int:
    """A watch for several people at one screen, who take turns at the keyboard."""
    from pytest_kata.dojo import Dojo
    from pytest_kata.watch import watch

    names = tuple(name for name in (word.strip() for word in args.names.split(",")) if name)
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
        desk.say(Text.assemble(("Next: ", "bold"), (desk.workspace.place(kata), "bold cyan")))
        desk.say(Text(f"      pytest {desk.workspace.shown(kata.folder)}   kata watch", "dim"))
    return 0


def _stop(desk: Desk, mode: str, nothing: str) -> int:
    challenge = desk.rounds.challenge
    stopped = desk.replay.stop(mode)
    for one in stopped:
        desk.say(f"{one.kata}: left; your earlier work is back.")
    if mode == CHALLENGE and challenge is not None:
        desk.say(*score(challenge, challenge_set(desk.catalog, challenge.wanted), desk.look))
    elif not stopped:
        desk.say(nothing)
    return 0


def check(desk: Desk, args: argparse.Namespace) -> int:
    """For authors: prove the katas' tests against starters, solutions and mistakes."""
    from pytest_kata.author.check import check_kit

    ids = [desk.catalog.find(word).id for word in args.katas]
    findings = check_kit(desk.workspace, desk.catalog, ids, args.shipped)
    for finding in findings.errors:
        desk.say(Text(str(finding), "red"))
    desk.say(findings.summary)
    return 1 if findings.errors else 0


def strength(desk: Desk, args: argparse.Namespace) -> int:
    """Per concept weak, shaky or strong, where that comes from, and what to practise next."""
    from pytest_kata.render.strength import strength

    now = time.time()
    rows = table.concepts(desk.catalog, desk.reading.events, now)
    desk.say(*strength(rows, desk.catalog, desk.workspace, now, desk.look))
    return 0


def modes(desk: Desk, args: argparse.Namespace) -> int:
    """Ten ways to practise, with the command for each."""
    from pytest_kata.render.modes import modes

    desk.say(*modes(desk.catalog, desk.workspace.shown(desk.workspace.katas), desk.look))
    return 0


def report(desk: Desk, args: argparse.Namespace) -> int:
    """Everything you did, as one HTML page that needs nothing else; or one badge as a picture."""
    from pytest_kata import reports

    whole = table.report(
        desk.catalog,
        desk.reading.events,
        desk.touched,
        time.time(),
        desk.journal.learner,
        desk.notes,
    )
    if args.json:
        if args.file:
            raise KitError("--json is printed, not written", command="kata report --json > FILE")
        say_json(whole)
        return 0
    file, text = reports.made(whole, args.svg)
    path = Path(args.file or file)
    reports.write(path, text, args.force)
    desk.say(f"{path} is written.")
    return 0


def say_json(values: object) -> None:
    """ASCII, so that it can be printed anywhere; what it could not use is told in its notes."""
    print(json.dumps(values, indent=2))


def init(args: argparse.Namespace) -> int:
    """Lay the katas out in a folder of your own."""
    folder = Path(args.folder).absolute()
    lay_out(folder)
    print(f"{folder / 'katas'} is ready. Next: cd {folder} && pytest katas/")
    return 0


def stdout_look() -> Look:
    """What standard output can show; NO_COLOR, FORCE_COLOR, TERM and COLUMNS are respected."""
    stream = sys.stdout
    color = stream.isatty() and os.environ.get("TERM") != "dumb"
    color = (color or bool(os.environ.get("FORCE_COLOR"))) and not os.environ.get("NO_COLOR")
    return look_for(stream.encoding, shutil.get_terminal_size().columns, color)


Command = Callable[[Desk, argparse.Namespace], int]


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="kata",
        description="Practise pre-training and fine-tuning. `pytest katas/` runs the katas.",
    )
    top.add_argument("--version", action="version", version=f"pytest-kata {__version__}")
    top.add_argument(
        "--home", default="", metavar="DIR", help="where the journal is kept (also KATA_HOME)"
    )
    top.set_defaults(run=where)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, run: Command, help: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=run.__doc__)
        command.set_defaults(run=run)
        return command

    one = add("list", list_katas, "every kata, with its state")
    one.add_argument("--kind", default="", help="only those of a kind, like debug: see kata modes")
    one.add_argument("--json", action="store_true", help="for programs: format 1, see the README")
    add("next", next_kata, "the place to open next, as path:line")
    one = add("hint", hint, "one more hint")
    one.add_argument("kata", nargs="?", metavar="KATA")
    one = add("solution", solution, "the reference solution (logged)")
    one.add_argument("kata", metavar="KATA")
    one = add("reset", reset, "bring the starter back; the work is archived")
    one.add_argument("kata", nargs="?", metavar="KATA")
    one.add_argument("--all", action="store_true", help="every kata")
    one = add("undo", undo, "bring back what the last reset put away")
    one.add_argument("kata", nargs="?", metavar="KATA")
    add("doctor", diagnose, "is everything in order here?")
    one = add("watch", watch, "run the kata you are at whenever you save it")
    one.add_argument("what", nargs="?", metavar="KATA|TRACK")
    one = add("challenge", challenge, "katas against the clock")
    one.add_argument("set", nargs="?", default="", metavar="TRACK")
    one.add_argument("--stop", action="store_true", help="end it; your earlier work comes back")
    one = add("review", review, "a solved kata again, when it is due")
    one.add_argument("kata", nargs="?", metavar="KATA")
    one.add_argument("--random", action="store_true", help="any that is solved, due or not")
    one.add_argument("--stop", action="store_true", help="end it; your earlier work comes back")
    one = add("dojo", dojo, "a watch for several people at one screen")
    one.add_argument("what", nargs="?", metavar="KATA|TRACK")
    one.add_argument("--names", required=True, metavar="A,B,C", help="who takes part, in order")
    one.add_argument("--rotate", type=float, default=5.0, metavar="MINUTES", help="default: 5")
    one.add_argument("--began", type=float, default=0.0, help=argparse.SUPPRESS)
    one = add("check", check, "for authors: prove the katas")
    one.add_argument("katas", nargs="*", metavar="KATA")
    one.add_argument(
        "--shipped", action="store_true", help="also ask that the learner's files are the starters"
    )
    add("strength", strength, "what is weak, shaky or strong, and what to practise next")
    add("modes", modes, "ten ways to practise")
    one = add("report", report, "your practice as one HTML page, or the badge as a picture")
    one.add_argument("file", nargs="?", metavar="FILE", default="",
                     help="default: kata-report.html, with --svg kata-badge.svg")  # fmt: skip
    form = one.add_mutually_exclusive_group()
    form.add_argument("--svg", action="store_true", help="the badge, for a profile page")
    form.add_argument("--json", action="store_true", help="for programs: format 1, see the README")
    one.add_argument("--force", action="store_true", help="overwrite FILE, whatever it is")
    new = commands.add_parser(
        "init", help="lay the katas out in a folder", description=init.__doc__
    )
    new.add_argument("folder", nargs="?", default=".", metavar="DIR")
    new.set_defaults(run=None)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    args = parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        if args.run is None:
            status = init(args)
        else:
            desk = Desk(args.home)
            status = args.run(desk, args)
            if not getattr(args, "json", False):
                desk.say_problems()
        # Here, where a reader that has gone can still be taken calmly.
        sys.stdout.flush()
        return status
    except KitError as problem:
        print(problem, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output has gone; that is its right.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"{error.filename or 'kata'}: {error.strerror}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):
        return 130


if __name__ == "__main__":
    sys.exit(main())
