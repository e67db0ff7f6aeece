"""Right, by trial: load_state_dict runs on a copy first; sets do the comparing."""

from __future__ import annotations

import copy
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


def load_entries(
    model: nn.Module, state_dict: Mapping[str, Tensor | None], *, strict: bool = True
) -> LoadReport:
    """Copy what fits of `state_dict` into `model`, all or nothing, and report the rest."""
    if not issubclass(type(state_dict), Mapping):
        raise CheckpointError(f"a state_dict is a mapping of tensors, this is a {type(state_dict)}")
    own = dict(model.state_dict())
    names = set(state_dict)
    has_prefix = {name[:7] for name in names} == {"module."} and names.isdisjoint(own)
    entries = {name[7 * has_prefix :]: state_dict[name] for name in state_dict}
    nones = {name for name in entries if entries[name] is None}
    tensors = {name: entries[name] for name in entries.keys() - nones}
    strange = sorted(name for name in tensors if not isinstance(tensors[name], Tensor))
    if strange:
        raise CheckpointError(f"neither a tensor nor None: {strange}")

    mismatched = {n for n in tensors.keys() & own.keys() if tensors[n].size() != own[n].size()}
    fits = {n: tensors[n] for n in tensors.keys() - mismatched}
    trial = copy.deepcopy(model)
    missing, unexpected = trial.load_state_dict(fits, strict=False)
    missing = set(missing) - mismatched
    found = [(n, tuple(tensors[n].shape), tuple(own[n].shape)) for n in sorted(mismatched)]
    words = f"missing {sorted(missing)}, unexpected {sorted(unexpected)}, wrong shape {found}"
    nothing = len(fits) == len(unexpected)
    if nothing or (strict and (missing or unexpected or mismatched)):
        raise CheckpointError(words)
    model.load_state_dict(trial.state_dict())
    return LoadReport(
        missing=sorted(missing),
        unexpected=sorted(unexpected),
        mismatched=sorted(mismatched),
        none_entries=sorted(nones),
        prefix="module." if has_prefix else "",
    )


def load_pretrained(
    path: str | os.PathLike[str] | None,
    build: Callable[[], nn.Module],
    *,
    model: nn.Module | None = None,
    strict: bool = True,
) -> tuple[nn.Module, LoadReport]:
    """The model with the checkpoint at `path` loaded, or fresh for None, and the report."""
    subject = model
    if subject is None:
        subject = build()
    if path is None:
        report = LoadReport()
        report.fresh = True
        return subject, report
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(2, "No such file", str(path))
    content = file.read_bytes()
    if not content:
        raise CheckpointError(f"{file.name} in {file.parent} is empty")
    try:
        reader = load_file if file.suffix == ".safetensors" else torch.load
        options = {} if reader is load_file else {"weights_only": True}
        report = load_entries(subject, reader(file, **options), strict=strict)
    except CheckpointError as error:
        raise CheckpointError(f"{file} does not fit: {error}") from error
    except Exception as error:
        raise CheckpointError(f"{file} cannot be read; cut off, or no checkpoint?") from error
    return subject, report
