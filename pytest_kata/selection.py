"""Which collected tests belong to which kata, in what order they run, and which need not run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from pytest_kata.catalog import Catalog, Kata, KitError
from pytest_kata.workspace import Workspace

LEARNER = "learner"
EVERY = "every"


@dataclass(frozen=True)
class Bound:
    """What a test knows of its kata. `tests` counts all tests of the kata."""

    kata: Kata
    workspace: Workspace
    label: str
    tests: int

    @property
    def key(self) -> tuple[str, str]:
        return str(self.kata.folder), self.label


BOUND = pytest.StashKey[Bound]()
PROBLEM = pytest.StashKey[KitError]()
TESTS = pytest.StashKey[int]()


@dataclass(frozen=True)
class Kit:
    """A workspace with its catalog, read once a session."""

    workspace: Workspace
    catalog: Catalog


class Kits:
    """Finds the kata that a test file belongs to."""

    def __init__(self, config: pytest.Config) -> None:
        self._stop = config.rootpath
        self._home = config.getoption("kata_home")
        self._read: dict[Path, Kit] = {}
        self.of_folder = lru_cache(maxsize=None)(self._of_folder)

    @property
    def all(self) -> list[Kit]:
        return list(self._read.values())

    def _of_folder(self, folder: Path) -> Kit | None:
        """The kit of a kata's folder; None for any other folder."""
        if not (folder / "kata.toml").is_file():
            return None
        workspace = Workspace.find(folder, self._stop, self._home)
        if workspace is None:
            return None
        if workspace.katas not in self._read:
            self._read[workspace.katas] = Kit(workspace, workspace.catalog())
        return self._read[workspace.katas]

    def kata_in(self, folder: Path) -> tuple[Kata, Kit] | KitError | None:
        """The kata of a folder; KitError if its `kata.toml` is broken, None if it is no kata's."""
        kit = self.of_folder(folder)
        if kit is None:
            return None
        for kata in kit.catalog:
            if kata.folder == folder:
                return kata, kit
        place = str(folder / "kata.toml")
        for problem in kit.catalog.problems:
            if problem.where.startswith(place):
                return problem
        return None


class Selection:
    """The tests of this session that belong to katas.

    `idle` holds the katas that nobody has started: an untouched starter is known to fail, so it
    is not run, unless it is all that was asked for.
    """

    def __init__(self, kits: Kits, label: str) -> None:
        self.kits = kits
        self.label = label
        self.counts: dict[tuple[str, str], int] = {}
        self.places: dict[str, int] = {}
        self.idle: set[tuple[str, str]] = set()

    def labels(self, tests: Path) -> list[str]:
        """The labels of every source of the kata that `tests` belongs to."""
        found = self.kits.kata_in(tests.parent)
        if not isinstance(found, tuple):
            return []
        kata, kit = found
        return [source.label for source in kit.workspace.sources(kata)]

    def select(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """Bind, order and weed `items` in place; hand back those whose kata lacks the source.

        Raises UsageError if no selected kata has it.
        """
        mine, dropped, others = [], [], []
        for item in items:
            found = self.kits.kata_in(item.path.parent)
            if found is None:
                others.append(item)
            elif isinstance(found, KitError):
                item.stash[PROBLEM] = found
                mine.append(item)
            elif self._bind(item, *found):
                mine.append(item)
            else:
                dropped.append(item)
        if dropped and not mine:
            self._refuse(dropped[0])
        mine.sort(key=lambda item: (str(item.path.parent), self._rank(item)))
        self._count(mine)
        # What nobody has started comes last, so that -x stops at a real failure first.
        mine.sort(key=self._is_idle_item)
        items[:] = others + mine
        self.places = {item.nodeid: place for place, item in enumerate(items)}
        return dropped

    def _is_idle_item(self, item: pytest.Item) -> bool:
        bound = item.stash.get(BOUND, None)
        return bound is not None and bound.key in self.idle

    def _bind(self, item: pytest.Item, kata: Kata, kit: Kit) -> bool:
        label = self.label
        if label == EVERY:
            label = item.callspec.params["kata"] if hasattr(item, "callspec") else "solution"
        elif label != LEARNER and label not in self.labels(item.path):
            return False
        module = item.getparent(pytest.Module)
        tests = module.stash.get(TESTS, 0) if module else 0
        item.stash[BOUND] = Bound(kata, kit.workspace, label, tests)
        item.add_marker(pytest.mark.timeout(kata.seconds, func_only=True))
        return True

    def _refuse(self, item: pytest.Item) -> None:
        found = self.kits.kata_in(item.path.parent)
        if isinstance(found, tuple):
            kata, kit = found
            try:
                kit.workspace.source(kata, self.label)
            except KitError as problem:
                raise pytest.UsageError(str(problem)) from None

    def _rank(self, item: pytest.Item) -> int:
        bound = item.stash.get(BOUND, None)
        if bound is None or self.label != EVERY:
            return 0
        return self.labels(item.path).index(bound.label)

    def is_idle(self, kata: Kata, workspace: Workspace) -> bool:
        """Whether nobody has started `kata`, and it will not be run for that.

        An xdist controller collects nothing; it looks at the file alone.
        """
        if self.counts:
            return (str(kata.folder), LEARNER) in self.idle
        return not kata.passes_as_shipped and workspace.is_untouched(kata)

    def _count(self, items: Sequence[pytest.Item]) -> None:
        bounds = [item.stash[BOUND] for item in items if BOUND in item.stash]
        for bound in bounds:
            self.counts[bound.key] = self.counts.get(bound.key, 0) + 1
        if len(self.counts) < 2 or self.label != LEARNER:
            return
        for bound in {bound.key: bound for bound in bounds}.values():
            if not bound.kata.passes_as_shipped and bound.workspace.is_untouched(bound.kata):
                self.idle.add(bound.key)
