"""The `kata` command: its words and options. What they do is in `commands/`."""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from pytest_kata import __version__
from pytest_kata.catalog import KitError
from pytest_kata.commands import look, play, practise
from pytest_kata.commands.desk import Desk
from pytest_kata.workspace import lay_out


def init(args: argparse.Namespace) -> int:
    """Lay the katas out in a folder of your own."""
    folder = Path(args.folder).absolute()
    lay_out(folder)
    print(f"{folder / 'katas'} is ready. Next: cd {folder} && pytest katas/")
    return 0


Command = Callable[[Desk, argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """Says of a word that is no command which it may have been."""

    def error(self, message: str) -> NoReturn:
        wrong = re.match(r"argument COMMAND: invalid choice: (['\"])(.*?)\1 \(", message)
        if wrong is None:
            super().error(message)
        known = re.findall(r"\w+", message[wrong.end() :].removeprefix("choose from"))
        near = difflib.get_close_matches(wrong[2].lower(), known, n=1)
        meant = f"; did you mean kata {near[0]}?" if near else ""
        self.exit(2, f"there is no command {wrong[2]!r}{meant}\n  try: kata --help\n")


def parser() -> argparse.ArgumentParser:
    top = Parser(
        prog="kata",
        description="Practise pre-training and fine-tuning. `pytest katas/` runs the katas.",
    )
    top.add_argument("--version", action="version", version=f"pytest-kata {__version__}")
    top.add_argument(
        "--home", default="", metavar="DIR", help="where the journal is kept (also KATA_HOME)"
    )
    top.set_defaults(run=practise.where)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, run: Command, help: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=run.__doc__)
        command.set_defaults(run=run)
        return command

    one = add("list", practise.list_katas, "every kata, with its state")
    one.add_argument("--kind", default="", help="only those of a kind, like debug: see kata modes")
    one.add_argument("--json", action="store_true", help="for programs: format 1, see the README")
    one = add("next", practise.next_kata, "the place to open next, as path:line")
    one.add_argument("--open", action="store_true", help="open it in VISUAL, EDITOR or VS Code")
    one = add("hint", practise.hint, "one more hint")
    one.add_argument("kata", nargs="?", metavar="KATA")
    one = add("solution", practise.solution, "the reference solution (logged)")
    one.add_argument("kata", metavar="KATA")
    one.add_argument("--now", action="store_true", help="before gold's attempts are spent, too")
    one = add("reset", practise.reset, "bring the starter back; the work is archived")
    one.add_argument("kata", nargs="?", metavar="KATA")
    one.add_argument("--all", action="store_true", help="every kata")
    one = add("undo", practise.undo, "bring back what the last reset put away")
    one.add_argument("kata", nargs="?", metavar="KATA")
    add("doctor", look.diagnose, "is everything in order here?")
    one = add("watch", play.watch, "run the kata you are at whenever you save it")
    one.add_argument("what", nargs="?", metavar="KATA|TRACK")
    one = add("challenge", play.challenge, "katas against the clock")
    one.add_argument("set", nargs="?", default="", metavar="TRACK")
    one.add_argument("--stop", action="store_true", help="end it; your earlier work comes back")
    one = add("review", play.review, "a solved kata again, when it is due")
    one.add_argument("kata", nargs="?", metavar="KATA")
    one.add_argument("--random", action="store_true", help="any that is solved, due or not")
    one.add_argument("--stop", action="store_true", help="end it; your earlier work comes back")
    one = add("dojo", play.dojo, "a watch for several people at one screen")
    one.add_argument("what", nargs="?", metavar="KATA|TRACK")
    one.add_argument("--names", required=True, metavar="A,B,C", help="who takes part, in order")
    one.add_argument("--rotate", type=float, default=5.0, metavar="MINUTES", help="default: 5")
    one.add_argument("--began", type=float, default=0.0, help=argparse.SUPPRESS)
    one = add("check", look.check, "for authors: prove the katas")
    one.add_argument("katas", nargs="*", metavar="KATA")
    one.add_argument(
        "--shipped", action="store_true", help="also ask that the learner's files are the starters"
    )
    add("strength", look.strength, "what is weak, shaky or strong, and what to practise next")
    add("modes", look.modes, "ten ways to practise")
    one = add("report", look.report, "your practice as one HTML page, or the badge as a picture")
    one.add_argument("file", nargs="?", metavar="FILE", default="",
                     help="default: kata-report.html, with --svg kata-badge.svg")  # fmt: skip
    form = one.add_mutually_exclusive_group()
    form.add_argument("--svg", action="store_true", help="the badge, for a profile page")
    form.add_argument("--json", action="store_true", help="for programs: format 1, see the README")
    one.add_argument("--badge", default="", metavar="NAME", help="as --svg: which badge")
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
