"""Whether learner code changed the kit on disk while it ran. For the controlling process.

Learner code runs as the same user and can write wherever that user can. What it did to the tests,
the solutions or the past of the journal is found out and told, not undone. Lines that it adds to
the journal cannot be told from those of a run in another terminal.
"""

from __future__ import annotations

import os
from pathlib import Path

from pytest_kata.selection import Bound
from pytest_kata.workspace import Workspace

# What pytest reads besides tests; in katas/ and beside it.
_SETTINGS = frozenset(
    {"conftest.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml"}
    | {"tox.ini", "setup.cfg", "kata.toml"}
)
_TAIL_BYTES = 4096

# What a file is, without reading it. ctime is the one that code cannot set.
_Stamp = tuple[int, int, int, int]


class Guard:
    """Compares the files of a kit before and after the tests of one kata."""

    def __init__(self) -> None:
        self._kits: dict[Path, dict[str, _Stamp | None]] = {}
        self._key = ("", "")
        self._own: _Stamp | None = None
        self._tail = (0, b"")

    def begin(self, bound: Bound) -> None:
        """A test of `bound` is about to run; nothing to do but for a kata's first."""
        if bound.key == self._key:
            return
        self._key, workspace = bound.key, bound.workspace
        if workspace.katas not in self._kits:
            self._kits[workspace.katas] = _stamps(workspace)
        self._own = _stamp(str(bound.kata.file))
        self._tail = _tail(workspace.journal)

    def changed(self, bound: Bound) -> str:
        """What changed since `begin`, as a sentence; "" if nothing did."""
        workspace = bound.workspace
        before = self._kits[workspace.katas]
        # The next kata is not blamed for this one.
        now = self._kits[workspace.katas] = _stamps(workspace)
        for path in sorted(before.keys() | now.keys()):
            if before.get(path) != now.get(path):
                place = Path(path).relative_to(workspace.katas.parent)
                return f"{place} was changed while your code ran, and is not for it to change"
        if _tail(workspace.journal, self._tail[0]) != self._tail:
            return "what the journal held was changed while your code ran"
        if _stamp(str(bound.kata.file)) != self._own:
            return f"{bound.kata.file.name} was changed while its tests ran; run them again"
        return ""


def _stamps(workspace: Workspace) -> dict[str, _Stamp | None]:
    """Every file that judges: tests, settings and solutions."""
    found = {}
    for name in _SETTINGS:
        path = str(workspace.katas.parent / name)
        found[path] = _stamp(path)
    for folder, _, names in os.walk(workspace.katas):
        for name in names:
            if name in _SETTINGS or (name.startswith("test_") and name.endswith(".py")):
                found[f"{folder}/{name}"] = _stamp(f"{folder}/{name}")
    if workspace.solutions.parent == workspace.katas.parent:
        for folder, _, names in os.walk(workspace.solutions):
            if not folder.endswith("__pycache__"):
                found |= {f"{folder}/{name}": _stamp(f"{folder}/{name}") for name in names}
    return found


def _stamp(path: str) -> _Stamp | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _tail(journal: Path, size: int = -1) -> tuple[int, bytes]:
    """The last bytes of the journal's first `size`, by default of all of it; and that size."""
    if not journal.is_file():
        return 0, b""
    try:
        with open(journal, "rb") as file:
            size = os.fstat(file.fileno()).st_size if size < 0 else size
            file.seek(max(0, size - _TAIL_BYTES))
            return size, file.read(min(size, _TAIL_BYTES))
    except OSError:
        return 0, b""
