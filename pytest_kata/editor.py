"""Which command opens a file at a line, in the editor that the learner has chosen."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

# Editors that take path:line after an option, and those that take a path alone. The others, vi
# and emacs and nano among them, take +line.
_GOTO = {"code": "-g", "code-insiders": "-g", "codium": "-g", "cursor": "-g", "windsurf": "-g"}
_COLON = {"subl", "zed", "hx", "helix", "micro"}
_PYCHARM = {"pycharm", "charm", "idea"}


def open_command(
    environ: Mapping[str, str], which: Callable[[str], str | None], file: Path, line: int
) -> list[str]:
    """The words of the command; none if there is no editor to be found.

    VISUAL, then EDITOR, then VS Code if `which` finds it.
    """
    chosen = environ.get("VISUAL") or environ.get("EDITOR") or ""
    words = shlex.split(chosen) if chosen.strip() else []
    if not words:
        words = ["code"] if which("code") else []
    if not words:
        return []
    name = Path(words[0]).stem
    if name in _GOTO:
        return [*words, _GOTO[name], f"{file}:{line}"]
    if name in _COLON:
        return [*words, f"{file}:{line}"]
    if name in _PYCHARM:
        return [*words, "--line", str(line), str(file)]
    return [*words, f"+{line}", str(file)]
