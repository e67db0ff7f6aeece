"""Is a checkpoint what was shipped, byte for byte? Its `SHA256SUMS` say so, without torch."""

from __future__ import annotations

import hashlib
from pathlib import Path

SHIPPED = Path(__file__).parent / "checkpoint"
"""The pretrained checkpoint that comes with the kit."""

HASHES = "SHA256SUMS"


def write_hashes(directory: Path) -> None:
    """Writes SHA256SUMS for every other file of a directory, as `sha256sum -c` reads it."""
    names = sorted(path.name for path in directory.iterdir() if path.name != HASHES)
    lines = [f"{_sha256(directory / name)}  {name}\n" for name in names]
    (directory / HASHES).write_text("".join(lines), encoding="utf-8", newline="\n")


def damaged(directory: Path = SHIPPED) -> list[str]:
    """What is wrong with the files of a checkpoint that has SHA256SUMS; empty when nothing is.

    One sentence a file that is missing or is not, byte for byte, what was shipped.
    """
    sums = Path(directory) / HASHES
    if not sums.is_file():
        return [f"{sums} is missing"]
    problems = []
    for line in sums.read_text(encoding="utf-8", errors="replace").splitlines():
        expected, _, name = line.partition("  ")
        path = sums.parent / name
        if not path.is_file():
            problems.append(f"{path} is missing")
        elif _sha256(path) != expected:
            problems.append(f"{path} is not the file that was shipped: its SHA-256 differs")
    return problems


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
