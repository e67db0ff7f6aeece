"""The screen of `kata modes`."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from pytest_kata.catalog import Catalog
from pytest_kata.modes import MODES, Mode, how_many
from pytest_kata.outline import marker
from pytest_kata.render.terminal import Hanging, Look, indent

# From this width on, what a way is and its command stand on one line.
_WIDE = 110


def modes(catalog: Catalog, katas: str, look: Look) -> list[RenderableType]:
    """Each way: what it is, and the command for it; `katas` is the folder to type."""
    lines: list[RenderableType] = [Text("Ten ways to practise", "bold"), Text()]
    for number, mode in enumerate(MODES, start=1):
        text = Text.assemble(f"{number:>2}  ", (f"{mode.name:<11}", "bold"))
        how = _how(mode, catalog, katas)
        if look.width >= _WIDE:
            lines.append(text.append(f"{mode.about:<50}").append_text(how))
        else:
            lines += [Hanging(text, mode.about), indent(how, by=15)]
    return [*lines, Text(), Text("kata list --kind debug shows the katas of a kind.", "dim")]


def _how(mode: Mode, catalog: Catalog, katas: str) -> Text:
    if not mode.kind:
        return Text(mode.command, "cyan")
    count = how_many(catalog, mode.kind)
    katas_of_it = f"{count or 'no'} kata{'s' if count != 1 else ''}{'' if count else ' yet'}"
    command = f"pytest {katas}/ -m {marker(mode.kind)}"
    return Text.assemble((command, "cyan" if count else "dim"), (f"  {katas_of_it}", "dim"))
