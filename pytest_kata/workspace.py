"""Where the kit lies, which file runs, and the learner's work: archive, reset, undo.

katas/                 the learner's files and their tests
solutions/             starters, solutions, mistakes (beside katas/, or inside the package)
.kata/                 the journal and the archive of everything attempted
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pytest_kata.catalog import Catalog, Kata, KitError, load
from pytest_kata.outline import is_katas_folder

PACKAGED = Path(__file__).parent / "kit"
# A file this old is not being written any more.
PART_SECONDS = 60.0
# An editor that truncates before it writes leaves the file empty, or away, for this long at most.
SETTLE_SECONDS = 0.15
_MOST_BYTES = 4 << 20


@dataclass(frozen=True)
class Source:
    """Code to run a kata's tests against: files executed in order in one namespace.

    `label` is what `--kata-source` calls it: "learner", "solution", "starter", "other:NAME" or
    "mistake:NAME". A mistake is the solution with the wrong functions laid over it.
    """

    label: str
    files: tuple[Path, ...]

    @property
    def file(self) -> Path:
        """The file a person would open to see the code."""
        return self.files[-1]


@dataclass(frozen=True)
class Workspace:
    """A kit on disk. `home` holds the journal and the archive and may not exist yet."""

    katas: Path
    solutions: Path
    home: Path

    @classmethod
    def find(cls, start: Path, stop: Path | None = None, home: str = "") -> Workspace | None:
        """The kit that `start` lies in or holds, looking upwards as far as `stop`; None if none."""
        for folder in (start, *start.parents):
            for katas in (folder, folder / "katas"):
                if is_katas_folder(katas):
                    return cls.at(katas, home)
            if folder == stop:
                break
        return None

    @classmethod
    def at(cls, katas: Path, home: str = "") -> Workspace:
        beside = katas.parent / "solutions"
        if beside.is_dir():
            solutions = beside
        elif PACKAGED.is_dir():
            solutions = PACKAGED / "solutions"
        else:
            # Installed in place from a checkout: the package lies beside the kit.
            solutions = PACKAGED.parent.parent / "solutions"
        chosen = home or os.environ.get("KATA_HOME", "")
        where = Path(os.path.expanduser(chosen)).absolute() if chosen else katas.parent / ".kata"
        return cls(katas.resolve(), solutions.resolve(), where)

    def catalog(self) -> Catalog:
        return load(self.katas)

    @property
    def journal(self) -> Path:
        return self.home / "journal.jsonl"

    def shown(self, path: Path) -> str:
        """`path` as a person would type it from where they stand."""
        try:
            return str(path.relative_to(Path.cwd()))
        except ValueError:
            return str(path)

    def place(self, kata: Kata) -> str:
        """Where to write, as path:line."""
        return f"{self.shown(kata.file)}:{first_task(kata.file)}"

    def solution_folder(self, kata: Kata) -> Path:
        return self.solutions / kata.track / kata.folder.name

    def starter(self, kata: Kata) -> Path:
        return self.solution_folder(kata) / "starter.py"

    def explanation(self, kata: Kata) -> Path:
        return self.solution_folder(kata) / "explanation.md"

    def source(self, kata: Kata, label: str = "learner") -> Source:
        """The source that `label` names; raises KitError if the kata has none of that name."""
        files = self._files(kata, label)
        if label == "learner" or (files and files[-1].is_file()):
            return Source(label, files)
        known = ", ".join(source.label for source in self.sources(kata)) or "none"
        raise KitError(
            f"{kata.id} has no source {label!r}; it has {known}",
            where=str(self.solution_folder(kata)),
            command="pytest katas/ --kata-source=solution",
        )

    def sources(self, kata: Kata) -> list[Source]:
        """Starter, solution, the other right ones and the mistakes that exist, in this order."""
        folder = self.solution_folder(kata)
        labels = ["starter", "solution"]
        for file in sorted(folder.glob("other_*.py")):
            labels.append(f"other:{file.stem.removeprefix('other_')}")
        for file in sorted((folder / "mistakes").glob("*.py")):
            labels.append(f"mistake:{file.stem}")
        found = [Source(label, self._files(kata, label)) for label in labels]
        return [source for source in found if source.files[-1].is_file()]

    def _files(self, kata: Kata, label: str) -> tuple[Path, ...]:
        """Where a source of this label would lie; none for what is no label."""
        folder = self.solution_folder(kata)
        solution = folder / f"{kata.name}.py"
        kind, _, name = label.partition(":")
        return {
            "learner": (kata.file,),
            "starter": (self.starter(kata),),
            "solution": (solution,),
            "other": (folder / f"other_{name}.py",),
            "mistake": (solution, folder / "mistakes" / f"{name}.py"),
        }.get(kind, ())

    def is_untouched(self, kata: Kata) -> bool:
        """Whether the learner's file is, byte for byte, the starter."""
        try:
            return read_regular(kata.file) == self.starter(kata).read_bytes()
        except OSError:
            return False

    def starter_hashes(self, catalog: Catalog) -> Mapping[str, str]:
        """kata id -> hash of its starter, for the katas that have one."""
        starters = ((kata.id, self.starter(kata)) for kata in catalog)
        return {id: digest(file.read_bytes()) for id, file in starters if file.is_file()}

    def archive(self, content: bytes) -> str:
        """Keep `content` for ever under its hash, and hand back the hash. Raises OSError."""
        name = digest(content)
        file = self.archived(name)
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            _sweep(file.parent)
            _replace(file, content)
        return name

    def archived(self, name: str) -> Path:
        return self.home / "archive" / f"{name}.py"

    def lay(self, kata: Kata, content: bytes) -> None:
        """Put `content` in the learner's file, whole or not at all. Raises OSError."""
        _replace(kata.file, content)


def lay_out(folder: Path) -> None:
    """Copy the kit's katas into `folder`, every file as shipped; raises KitError if it has some.

    The solutions stay in the package, out of sight.
    """
    kit = PACKAGED if PACKAGED.is_dir() else PACKAGED.parent.parent
    target = folder / "katas"
    if target.exists():
        raise KitError("is there already; nothing was changed", where=str(target))
    try:
        shutil.copytree(kit / "katas", target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        workspace = Workspace.at(target)
        for kata in workspace.catalog():
            starter = kit / "solutions" / kata.track / kata.folder.name / "starter.py"
            workspace.lay(kata, starter.read_bytes())
        settings = folder / "pytest.ini"
        if not settings.exists():
            settings.write_text("[pytest]\ntestpaths = katas\naddopts = --import-mode=importlib\n")
        if (kit / ".vscode").is_dir() and not (folder / ".vscode").exists():
            shutil.copytree(kit / ".vscode", folder / ".vscode")
    except OSError as error:
        why = error.strerror or "see its permissions"
        raise KitError(f"the katas cannot be laid out here ({why})", where=str(folder)) from None


def read_regular(file: Path) -> bytes:
    """The content of a file that is one; raises OSError also for a pipe, a device or a giant.

    Code can put any of them in the place of a learner's file, and they would be read for ever.
    """
    found = file.stat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES:
        raise OSError(errno.EINVAL, "it is not a text file")
    return file.read_bytes()


def content_of(file: Path) -> bytes:
    """The same, with nothing in the place of what cannot be read."""
    try:
        return read_regular(file)
    except OSError:
        return b""


def settled_content_of(file: Path) -> bytes:
    """The same of a file that was just saved, once an editor has done with it."""
    until = time.monotonic() + SETTLE_SECONDS
    while not (content := content_of(file)) and time.monotonic() < until:
        time.sleep(0.005)
    return content


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def first_task(file: Path) -> int:
    """Where a learner starts to write: the first TODO, NotImplementedError or def, else line 1."""
    try:
        lines = read_regular(file).decode("utf-8", "replace").splitlines()
    except OSError:
        return 1
    for mark in ("TODO", "NotImplementedError", "def "):
        for number, line in enumerate(lines, start=1):
            if mark in line:
                return number
    return 1


def _sweep(folder: Path) -> None:
    """Take away what a process that was killed while it wrote has left behind."""
    for part in folder.glob(".*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > PART_SECONDS:
                part.unlink()


def _replace(file: Path, content: bytes) -> None:
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)
