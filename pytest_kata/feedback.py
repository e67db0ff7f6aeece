"""From a failure to words: what was checked, what the code did, where, and what to try.

Pure: works on an exception, the frames it went through and the lines of the learner's file.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from pytest_kata.checks import Miss
from pytest_kata.values import said_by

# The rung of a test that ran into its time limit.
LIMIT = "limit"


@dataclass(frozen=True)
class Feedback:
    """What a learner reads about one failed test.

    `code` holds (line number, text) pairs around `line` of `path`, the learner's own file.
    `begins` names the function that begins there, where no line of it is known to be the place.
    """

    rung: str
    sentence: str
    looks_like: str = ""
    because: str = ""
    path: str = ""
    line: int = 0
    code: tuple[tuple[int, str], ...] = field(default=())
    begins: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, table: dict[str, Any]) -> Feedback:
        """The inverse of `to_dict`, also after a trip through JSON."""
        code = tuple((int(number), str(text)) for number, text in table["code"])
        return cls(**{**table, "code": code})

    @property
    def words(self) -> list[str]:
        """The sentences, first miss first."""
        lines = [_sentence(self.sentence)]
        if self.looks_like:
            lines.append(_sentence(f"this looks like {self.looks_like}"))
        if self.because:
            lines.append(_sentence(self.because))
        return lines

    @property
    def where(self) -> str:
        """What the place is, if it is not where something was raised."""
        return f"The test called {self.begins}(), which begins here:" if self.begins else ""

    @property
    def plain(self) -> str:
        """All of it as plain text: for reports, JUnit files and the lines that pytest prints."""
        lines = list(self.words)
        if self.line:
            lines += ["", *([self.where] if self.where else []), f"{self.path}:{self.line}"]
            for number, text in self.code:
                lines.append(f"{'>' if number == self.line else ' '} {number:>4} | {text}")
        return "\n".join(lines)


def explain(
    error: BaseException,
    own: Sequence[str],
    called: tuple[str, int, str] | None,
    read: Callable[[str], Sequence[str]],
) -> Feedback:
    """Words for `error`.

    `own` are the paths of the source under test, and `read` gives the lines of one of them;
    `called` is path, line and name of the function that the test last called, the place to point
    at when the error was raised outside of the learner's code.
    """
    frames = traceback.extract_tb(error.__traceback__)
    mine = [frame for frame in frames if frame.filename in own]
    path, line, begins = called or (own[0] if own else "", 0, "")
    if mine:
        path, line, begins = mine[-1].filename, mine[-1].lineno or 0, ""
    name = _name(path)
    kind = type(error).__name__
    said = _one_line(said_by(error))
    names = [frame.name for frame in reversed(mine) if not frame.name.startswith("<")]
    who = f"{names[0]}()" if names else "your code"

    def place(at: int) -> dict[str, Any]:
        # Of a function that begins there, nothing is before it.
        code = around(at, read(path), before=0 if begins else 1)
        return {"path": path, "line": at, "code": code, "begins": begins}

    def told(rung: str, sentence: str, because: str = "", at: int = line) -> Feedback:
        return Feedback(rung, sentence, because=because, **place(at))

    if isinstance(error, Miss):
        return Feedback(error.rung, error.sentence, error.looks_like, error.because, **place(line))
    # Of a whole file that cannot be decoded, Python may not say which file it was.
    unread = isinstance(error, SyntaxError) and not (error.filename or mine)
    if isinstance(error, SyntaxError) and (error.filename in own or unread):
        at = error.lineno or 1
        path = error.filename or path
        name = _name(path)
        return told("imports", f"{name} is not valid Python at line {at}: {error.msg}", at=at)
    # torch raises it too, for what it cannot do; only the starter's own line names it.
    open_task = "NotImplementedError" in dict(around(line, read(path))).get(line, "")
    if isinstance(error, NotImplementedError) and mine and open_task:
        return told("returned", f"{who} is not written yet")
    outcome = _OUTCOMES.get(kind) if type(error).__module__ in _PYTEST else None
    if outcome == "fail" and said.startswith("Timeout"):
        return told(
            LIMIT,
            f"your code was still running at its time limit{_in(mine, names)}{_limit_words(said)}",
            "Too slow is not wrong: look for a loop that does not end.",
        )
    if outcome and (mine or outcome != "fail"):
        return told("raised", f"your code called pytest.{outcome}, which decides nothing here")
    if mine and all(frame.name == "<module>" for frame in mine):
        return told("imports", f"{name} fails while it is imported: {kind}{_colon(said)}")
    if mine:
        return told("raised", f"{who} raises {kind}{_colon(said)}")
    if isinstance(error, AssertionError) or outcome:
        return told("value", said or "the test's assertion does not hold")
    used = f"It was used at {_name(frames[-1].filename)}:{frames[-1].lineno}." if frames else ""
    return told("type", f"the test cannot use what your code handed back: {kind}{_colon(said)}",
                used)  # fmt: skip


# pytest gives some of its outcomes the module "builtins".
_PYTEST = ("builtins", "_pytest.outcomes")
_OUTCOMES = {"Skipped": "skip", "Failed": "fail", "Exit": "exit", "XFailed": "xfail"}


def _in(mine: Sequence[traceback.FrameSummary], names: Sequence[str]) -> str:
    if names:
        return f", in {names[0]}()"
    return ", while it was imported" if mine and mine[-1].name == "<module>" else ""


def _limit_words(said: str) -> str:
    words = said.partition("Timeout: ")[2]
    return f" ({words})" if words else ""


def around(line: int, lines: Sequence[str], before: int = 1) -> tuple[tuple[int, str], ...]:
    if not 1 <= line <= len(lines):
        return ()
    first = max(1, min(line - before, len(lines) - 2))
    return tuple((n, lines[n - 1]) for n in range(first, min(len(lines), first + 2) + 1))


def _one_line(text: str, limit: int = 160) -> str:
    # Nothing that would steer a terminal.
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return flat if len(flat) <= limit else flat[: limit - 3] + "..."


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _colon(said: str) -> str:
    return f": {said}" if said else ""


def _sentence(text: str) -> str:
    """`text` with a capital letter, unless it starts with a name, and a full stop."""
    first = text.split(" ", 1)[0]
    if first.isalpha() and first.islower():
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
