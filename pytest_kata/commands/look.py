"""Looking at it: is all in order, what is known, how well, in which ways."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from rich.text import Text

from pytest_kata import table
from pytest_kata.catalog import KitError
from pytest_kata.commands.desk import Desk, say_json
from pytest_kata.render.terminal import Hanging


def diagnose(desk: Desk, args: argparse.Namespace) -> int:
    """Versions, plugin, journal and time factor."""
    from pytest_kata import doctor

    findings = doctor.examine(desk.workspace, desk.catalog, desk.journal)
    for finding in findings:
        mark = desk.look.mark("✓", "+") if finding.good else desk.look.mark("✗", "x")
        style = "green" if finding.good else "bold red"
        desk.say(Hanging(Text(f"{mark} ", style), f"{finding.about}: {finding.said}"))
    return 0 if all(finding.good for finding in findings) else 1


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
    from pytest_kata.render.html import page

    whole = table.report(
        desk.catalog,
        desk.reading.events,
        desk.touched,
        time.time(),
        desk.journal.learner,
        desk.notes,
    )
    if args.json:
        if args.file or args.badge:
            raise KitError("--json is printed, not written", command="kata report --json > FILE")
        say_json(whole)
        return 0
    if args.svg or args.badge:
        text, said = reports.picture(whole, args.badge)
        path = Path(args.file or reports.PICTURE)
    else:
        text, said = page(whole), ""
        path = Path(args.file or reports.PAGE)
    reports.write(path, text, args.force)
    desk.say(f"{path} is written. {said}".rstrip())
    return 0
