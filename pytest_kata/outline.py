"""What can be said of katas before any is read. It imports nothing of the kit."""

from __future__ import annotations

from pathlib import Path

KINDS = ("learn", "predict", "choose", "implement", "explain", "tune", "debug", "compose")


def marker(kind: str) -> str:
    """The pytest marker of a kind's tests, for `-m`."""
    return f"kind_{kind}"


def has_kata(folder: Path) -> bool:
    """Whether `folder` is a kata's own."""
    return (folder / "kata.toml").is_file()


def is_katas_folder(folder: Path) -> bool:
    """Whether `folder` is a kit's `katas/`: it holds `<nn_track>/<nn_kata>/kata.toml`."""
    return any(folder.glob("[0-9][0-9]_*/[0-9][0-9]_*/kata.toml"))
