"""Is everything in order here? Facts, each good or not."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from typing import NamedTuple

from pytest_kata.catalog import Catalog
from pytest_kata.dojo import showable
from pytest_kata.journal import Journal, notices, read
from pytest_kata.lab.datafile import AGAIN
from pytest_kata.lab.hashes import SHIPPED, damaged
from pytest_kata.limits import machine_factor
from pytest_kata.processes import CAN_FORK
from pytest_kata.workspace import Workspace

PACKAGES = ("pytest-kata", "pytest", "pytest-timeout", "torch", "numpy", "rich", "safetensors")


class Finding(NamedTuple):
    good: bool
    about: str
    said: str


def examine(workspace: Workspace, catalog: Catalog, journal: Journal) -> list[Finding]:
    return [
        _versions(),
        _plugin(),
        *_kit(workspace, catalog),
        *_checkpoint(),
        *_journal(journal),
        _isolation(),
        _factor(),
    ]


def _versions() -> Finding:
    found, missing = [f"Python {platform.python_version()}"], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding(False, "versions", f"{', '.join(missing)} not installed: pip install -e .")
    return Finding(True, "versions", ", ".join(found))


def _plugin() -> Finding:
    if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        words = "PYTEST_DISABLE_PLUGIN_AUTOLOAD is set: pytest -p pytest_kata.plugin katas/"
        return Finding(False, "plugin", words)
    points = metadata.entry_points(group="pytest11")
    if any(point.value == "pytest_kata.plugin" for point in points):
        return Finding(True, "plugin", "pytest loads it")
    return Finding(False, "plugin", "pytest does not know it: pip install -e .")


def _kit(workspace: Workspace, catalog: Catalog) -> list[Finding]:
    findings = [Finding(False, "katas", str(problem)) for problem in catalog.problems]
    for kata in catalog:
        if not workspace.starter(kata).is_file():
            missing = workspace.shown(workspace.starter(kata))
            findings.append(Finding(False, "katas", f"{missing} is missing from the kit"))
        if not kata.file.is_file():
            words = f"{workspace.shown(kata.file)} is missing: kata reset {kata.id}"
            findings.append(Finding(False, "katas", words))
    if not findings:
        count = len(catalog.katas)
        findings = [Finding(True, "katas", f"{count} in {workspace.shown(workspace.katas)}")]
    return findings


def _checkpoint() -> list[Finding]:
    """Whether the pretrained model is what was shipped; its weights are not loaded."""
    problems = damaged()
    if not problems:
        return [Finding(True, "checkpoint", f"as shipped, {SHIPPED}")]
    return [Finding(False, "checkpoint", f"{problem}: {AGAIN}") for problem in problems]


def _journal(journal: Journal) -> list[Finding]:
    reading = read(journal.path)
    findings = [Finding(False, "journal", note) for note in notices(reading)]
    folder = next(f for f in (journal.path, *journal.path.parents) if f.exists())
    if not os.access(folder, os.W_OK):
        findings.append(Finding(False, "journal", f"{folder} is read-only: nothing is recorded"))
    if not reading.problem:
        events, learner = f"{len(reading.events)} events", showable(journal.learner)
        words = f"{events} in {journal.path}, learner {learner}"
        findings.append(Finding(True, "journal", words))
    return findings


def _isolation() -> Finding:
    if CAN_FORK:
        return Finding(True, "isolation", "a child process per kata")
    words = (
        "no fork here: katas run in pytest's own process, and in a new one each under kata watch"
    )
    return Finding(True, "isolation", words)


def _factor() -> Finding:
    factor = machine_factor()
    return Finding(True, "time factor", f"{factor:.1f} (limits are stretched by this much now)")
