"""Right, step by step: plain loops, an error per cause, and a copy under no_grad."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn


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


def strip_prefix(state_dict: Mapping[str, Tensor | None], own: Mapping[str, Tensor]) -> str:
    for name in state_dict:
        if not name.startswith("module.") or name in own:
            return ""
    return "module."


def load_entries(
    model: nn.Module, state_dict: Mapping[str, Tensor | None], *, strict: bool = True
) -> LoadReport:
    """Copy what fits of `state_dict` into `model`, all or nothing, and report the rest."""
    if not isinstance(state_dict, dict):
        raise CheckpointError(f"it is a {type(state_dict).__name__}, expected a dict of tensors")
    own = model.state_dict()
    report = LoadReport(prefix=strip_prefix(state_dict, own))
    pairs, complaints, seen = [], [], set()
    for full_name, value in state_dict.items():
        name = full_name[len(report.prefix) :]
        if value is None:
            report.none_entries.append(name)
        elif not torch.is_tensor(value):
            raise CheckpointError(f"the entry {name!r} is a {type(value).__name__}")
        elif name not in own:
            report.unexpected.append(name)
            complaints.append(f"unexpected: {name}")
        else:
            seen.add(name)
            if list(value.shape) == list(own[name].shape):
                pairs.append((own[name], value))
            else:
                report.mismatched.append(name)
                complaints.append(f"{name}: {list(value.shape)} for {list(own[name].shape)}")
    for name in own:
        if name not in seen:
            report.missing.append(name)
            complaints.append(f"missing: {name}")
    if strict and complaints:
        raise CheckpointError("\n".join(complaints))
    if len(pairs) == 0:
        raise CheckpointError("nothing fits\n" + "\n".join(complaints))
    with torch.no_grad():
        for target, value in pairs:
            target.copy_(value)
    return report


def read(path: str) -> object:
    if not os.path.exists(path):
        raise FileNotFoundError(f"there is no file {path!r}")
    if os.path.isdir(path):
        raise IsADirectoryError(f"{path!r} is a folder")
    if os.path.getsize(path) == 0:
        raise CheckpointError(f"{path}: empty file")
    try:
        if path.endswith(".safetensors"):
            return load_file(path)
        return torch.load(path, weights_only=True)
    except Exception as error:
        raise CheckpointError(f"{path} is truncated or no checkpoint: {error!r}") from error


def load_pretrained(
    path: str | os.PathLike[str] | None,
    build: Callable[[], nn.Module],
    *,
    model: nn.Module | None = None,
    strict: bool = True,
) -> tuple[nn.Module, LoadReport]:
    """The model with the checkpoint at `path` loaded, or fresh for None, and the report."""
    if model is None:
        model = build()
    if path is None:
        return model, LoadReport(fresh=True)
    state_dict = read(os.fspath(path))
    try:
        report = load_entries(model, state_dict, strict=strict)
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error
    return model, report
