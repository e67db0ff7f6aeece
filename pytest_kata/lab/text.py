"""Real English technical prose that every Python has: the standard library's own documentation.

Two sources, read where Python is installed and never copied: the topics behind `help("for")`
(`topics`), and the docstrings of the library's modules in Python (`docstrings`), read with `ast`,
so that no module is imported. From these come

- a corpus for pre-training, `corpus("train")` and `corpus("validation")`, and
- a labelled task, `labelled("train" | "validation" | "test")`: which of five packages does this
  docstring come from? Those packages are no part of the corpus.

**Why nothing leaks.** A top-level module or package is in one split as a whole, by the hash of its
name, so the splits are the same in every run and, for the same text, in every Python. What two
documents share (documentation topics quote each other, docstrings are pasted from module to
module) is kept once: splits are read in the order task, validation, train, and a paragraph is left
out when half of it or more has been read before, or half of what was read before is in it.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import sysconfig
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pytest_kata.catalog import KitError

PACKAGES = ("asyncio", "email", "importlib", "logging", "xml")
"""The classes of the labelled task; a label is an index into this tuple."""

CORPUS = ("train", "validation")
TASK = ("train", "validation", "test")

# Packages with much text in every Python from 3.10 to 3.13, which some distributions leave out.
LARGE = (*PACKAGES, "_pydecimal", "idlelib", "multiprocessing", "tkinter", "turtle", "unittest")

SALT = "pytest-kata"
VALIDATION = 7  # of 100 documents
SHINGLE = 5  # words
FEWEST_MODULES = 100

# Other people's packages, tests, and a hundred codecs that say the same sentence.
NOT_PROSE = {"site-packages", "dist-packages", "test", "tests", "idle_test", "encodings"}


class Document(NamedTuple):
    """A topic of the documentation, or all docstrings of one module, in the order of the source."""

    name: str
    pieces: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.pieces)


def corpus(split: str) -> list[str]:
    """The text of each document of one split, without what an earlier split has already said.

    `split` is "train" or "validation". Raises KitError when this Python has no documentation to
    read, ValueError for any other split.
    """
    return [document.text for document in _corpus(split)]


def labelled(split: str) -> list[tuple[str, int]]:
    """Docstrings with the package that each comes from, an index into PACKAGES.

    `split` is "train", "validation" or "test". A document is a docstring here: its hash decides on
    its split, and a paragraph that two share is kept once. Within a split every package has equally
    many; the order is a fixed shuffle. A docstring that names its own package is left out, as is
    one of fewer than five words. Raises KitError when this Python lacks one of the packages.
    """
    _known(split, TASK)
    kept: list[list[str]] = [[] for _ in PACKAGES]
    for document in _corpus("task"):
        label = PACKAGES.index(_top(document.name))
        own = re.compile(f"(?<![a-z]){PACKAGES[label]}(?![a-z])", re.IGNORECASE)
        for piece in document.pieces:
            if _task_split(piece) == split and len(piece.split()) >= 5 and not own.search(piece):
                kept[label].append(piece)
    fewest = min(map(len, kept))
    balanced = [(t, n) for n, texts in enumerate(kept) for t in sorted(texts, key=_hash)[:fewest]]
    return sorted(balanced, key=lambda example: _hash(example[0]))


def topics() -> dict[str, str]:
    """The documentation topics, by the name that help() knows them under, such as "for".

    Raises KitError when this Python was installed without them.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError:
        raise KitError(
            "this Python lacks pydoc_data.topics, the documentation that help() shows; "
            "install the full standard library"
        ) from None
    return topics


def docstrings(path: Path) -> tuple[str, ...]:
    """A module's docstrings from its source, in its order, each with its indentation removed.

    A file that is not Python has none. Raises OSError when there is no file.
    """
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):  # templates and test data that only look like modules
        return ()
    texts = (ast.get_docstring(node) for node in _documented(tree))
    return tuple(text for text in texts if text)


def missing() -> list[str]:
    """What a full Python has and this one lacks: names of modules, sorted; empty when all is here.

    The corpus is smaller without them, and stands.
    """
    root = _library()
    absent = [n for n in LARGE if not (root / n).is_dir() and not (root / f"{n}.py").is_file()]
    return sorted(absent)


@lru_cache(maxsize=4)
def _corpus(split: str) -> tuple[Document, ...]:
    """The documents of "task", "validation" or "train", free of what comes in earlier ones."""
    _known(split, ("task", *CORPUS))
    known = _Known()
    for name in ("task", "validation", "train"):
        documents = [known.unseen(document) for document in _documents(name)]
        if name == split:
            break
    return tuple(document for document in documents if document.pieces)


def _documents(split: str) -> Iterator[Document]:
    """The documents of one split, unfiltered, topics first, each group sorted by name."""
    if split != "task":
        for name, text in sorted(topics().items()):
            if _corpus_split(f"topic {name}") == split:
                yield Document(f"topic {name}", (text.strip(),))
    root = _library()
    for path in _modules(root):
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        if _corpus_split(_top(name)) == split:
            yield Document(name, docstrings(path))


def _library() -> Path:
    return Path(sysconfig.get_paths()["stdlib"])


@lru_cache(maxsize=1)
def _modules(root: Path) -> tuple[Path, ...]:
    """Every module of the library that is written in Python, without its tests."""
    found: list[Path] = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - NOT_PROSE)
        found += [Path(folder, file) for file in files if file.endswith(".py")]
    if len(found) < FEWEST_MODULES:
        raise KitError(
            f"only {len(found)} modules of the standard library are here as source text; "
            "install a Python whose library is a folder of .py files",
            where=str(root),
        )
    absent = [name for name in PACKAGES if not (root / name).is_dir()]
    if absent:
        raise KitError(
            f"the standard library lacks {', '.join(absent)}; install the full one",
            where=str(root),
        )
    return tuple(sorted(found))


def _documented(node: ast.AST) -> Iterator[Any]:
    """The module, its classes and functions, nested ones too, in the order of the source."""
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        yield node
    for field in ("body", "handlers", "orelse", "finalbody"):  # a definition is a statement
        inner = getattr(node, field, ())
        for statement in inner if isinstance(inner, list) else ():
            yield from _documented(statement)


class _Known:
    """Paragraphs that have been read, as sequences of five words."""

    def __init__(self) -> None:
        self.whole: set[int] = set()
        self.owner: dict[int, int] = {}  # sequence -> the paragraph that had it first
        self.lengths: list[int] = []  # of each paragraph, in sequences

    def unseen(self, document: Document) -> Document:
        """The document without what is known of it; the rest is known from now on."""
        pieces = []
        for piece in document.pieces:
            whole = _shingle(re.findall(r"\w+", piece.lower()))
            if whole in self.whole:
                continue
            self.whole.add(whole)
            kept = [paragraph for paragraph in piece.split("\n\n") if self._learn(paragraph)]
            if kept:
                pieces.append("\n\n".join(kept))
        return Document(document.name, tuple(pieces))

    def _learn(self, paragraph: str) -> bool:
        """Whether the paragraph is new: less than half of it is known, and it has less than half
        of any known one. One of fewer than five words ("Example:") always is."""
        words = re.findall(r"\w+", paragraph.lower())
        shingles = {_shingle(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}
        shared = Counter(self.owner[s] for s in shingles if s in self.owner)
        if shingles and 2 * shared.total() >= len(shingles):
            return False
        if any(2 * count >= self.lengths[number] for number, count in shared.items()):
            return False
        for shingle in shingles:
            self.owner.setdefault(shingle, len(self.lengths))
        self.lengths.append(len(shingles))
        return True


def _shingle(words: list[str]) -> int:
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), "big")


def _hash(text: str) -> int:
    """The same number for the same text, in every process and every Python."""
    digest = hashlib.sha256(f"{SALT} {text}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big")


def _top(module: str) -> str:
    """`email.mime.text` → `email`; `_pydecimal` → `decimal`: text that moves keeps its split."""
    return module.partition(".")[0].removeprefix("_py").lstrip("_")


def _corpus_split(name: str) -> str:
    if name in PACKAGES:
        return "task"
    return "validation" if _hash(name) % 100 < VALIDATION else "train"


def _task_split(docstring: str) -> str:
    share = _hash(docstring) % 100
    return "train" if share < 50 else "validation" if share < 65 else "test"


def _known(split: str, names: tuple[str, ...]) -> None:
    if split not in names:
        raise ValueError(f"no split {split!r}: one of {', '.join(names)}")
