"""Reference: read, compare everything, and only then copy."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

PREFIX = "module."


class CheckpointError(Exception):
    """A checkpoint that cannot be loaded; the message says which and why."""


@dataclass
class LoadReport:
    """What a load found."""

    missing: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    mismatched: list[str] = field(default_factory=list)
    none_entries: list[str] = field(default_factory=list)
    prefix: str = ""
    fresh: bool = False


def load_entries(
    model: nn.Module, state_dict: Mapping[str, Tensor | None], *, strict: bool = True
) -> LoadReport:
    """Copy what fits of `state_dict` into `model`, all or nothing, and report the rest."""
    if not isinstance(state_dict, Mapping):
        raise CheckpointError(f"holds a {type(state_dict).__name__}, not a state_dict")
    own = model.state_dict()
    prefixed = all(name.startswith(PREFIX) for name in state_dict)
    prefix = PREFIX if prefixed and not any(name in own for name in state_dict) else ""
    entries = {name.removeprefix(prefix): value for name, value in state_dict.items()}
    for name, value in entries.items():
        if not isinstance(value, Tensor | None):
            raise CheckpointError(f"{name} is a {type(value).__name__}, not a tensor")

    given = {name: value for name, value in entries.items() if value is not None}
    known = {name: value for name, value in given.items() if name in own}
    fits = {name: value for name, value in known.items() if value.shape == own[name].shape}
    report = LoadReport(
        missing=[name for name in own if name not in given],
        unexpected=[name for name in given if name not in own],
        mismatched=[name for name in known if name not in fits],
        none_entries=[name for name in entries if name not in given],
        prefix=prefix,
    )
    problems = [f"missing {name}" for name in report.missing]
    problems += [f"unexpected {name}" for name in report.unexpected]
    problems += [
        f"{name} has shape {tuple(given[name].shape)}, the model's {tuple(own[name].shape)}"
        for name in report.mismatched
    ]
    if not fits or (strict and problems):
        raise CheckpointError("; ".join(problems) or "no entry fits")
    model.load_state_dict(fits, strict=False)
    return report


def load_pretrained(
    path: str | os.PathLike[str] | None,
    build: Callable[[], nn.Module],
    *,
    model: nn.Module | None = None,
    strict: bool = True,
) -> tuple[nn.Module, LoadReport]:
    """The model with the checkpoint at `path` loaded, or fresh for None, and the report."""
    model = build() if model is None else model
    if path is None:
        return model, LoadReport(fresh=True)
    path = Path(path)
    try:
        if path.is_file() and path.stat().st_size == 0:
            raise ValueError("the file is empty")
        if path.suffix == ".safetensors":
            state_dict = load_file(path)
        else:
            state_dict = torch.load(path, map_location="cpu", weights_only=True)
        return model, load_entries(model, state_dict, strict=strict)
    except Exception as error:
        raise CheckpointError(f"{path}: {error}") from error
