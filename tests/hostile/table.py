"""Writes what hostile code gets into CONTRIBUTING.md, from what the learners' docstrings promise.

    python tests/hostile/table.py            write it
    python tests/hostile/table.py --check    exit status 1 if it is not what it would write

That the promises hold is what `test_hostile.py` proves.
"""

from __future__ import annotations

import sys
from pathlib import Path

# Started by hand, this looks where pytest looks by its setting `pythonpath`.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import arena

FILE = arena.ROOT / "CONTRIBUTING.md"
BEGIN = "<!-- hostile: written by tests/hostile/table.py -->"
END = "<!-- hostile: end -->"


def rows() -> str:
    lines = ["| what the code does | what the learner reads |", "|---|---|"]
    for learner in arena.learners("isolated") + arena.learners("killed"):
        lines.append(f"| {_cell(learner.does)} | {_cell(learner.reads)} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.removesuffix(".").replace("|", "\\|")


def main(arguments: list[str]) -> int:
    text = FILE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = f"{before}{BEGIN}\n\n{rows()}\n\n{END}{after}"
    if "--check" not in arguments:
        FILE.write_text(wanted, encoding="utf-8")
    elif text != wanted:
        print(f"{FILE.name} is not up to date: python tests/hostile/table.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
