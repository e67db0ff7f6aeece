"""A load that works or says why.

"AttributeError: 'NoneType' object has no attribute 'train'" comes from a loader that failed
and handed back None. Its quieter brother loads nothing, says nothing, and lets you fine-tune
random weights for a week. Write the loader that either loads or says what is wrong.

What to write
    load_pretrained    Debug it: below is the loader that ended in that AttributeError. It has
                       more faults than that one.
    load_entries       Write it: one state_dict into one model, all or nothing.
    Leave CheckpointError and LoadReport as they are; add helpers if you like.

load_entries(model, state_dict, *, strict=True) -> LoadReport
    state_dict maps names to tensors or None. Its names are compared with those of
    model.state_dict(), so buffers count.
    prefix        DataParallel puts "module." before every name. Where every name begins so,
                  and none is one of the model's own names, "module." is taken off, once, and
                  report.prefix is "module."; otherwise nothing is, and it is "". All names
                  in report and errors are those without the prefix.
    none_entries  Names whose value is None, as bias=None. A None is no tensor: it is never
                  unexpected, and if the model has a tensor of that name, that one is missing.
    missing       Names that the model has and for which state_dict has no tensor. A tied tensor
                  has several names, and each of them counts.
    unexpected    Names of tensors that the model does not have.
    mismatched    Names whose tensor has another shape than the model's, exactly compared: it
                  is not loaded, nor reshaped, nor broadcast, and it is not missing.
    Loads the tensors that fit by copying: the model keeps its parameters (the same objects),
    its dtype and its mode, and what does not fit leaves its values alone. The lists may be in
    any order. state_dict is not changed.

    Raises CheckpointError
      - if state_dict is not a mapping, naming its type ("list"), or if a value is neither a
        tensor nor None, naming the entry ("epoch");
      - with strict, if anything is missing, unexpected or mismatched;
      - strict or not, if not one tensor fits: nothing would be loaded.
    Of the last two the message names every entry: after "missing", after "unexpected", and
    with both shapes as Python writes them: "head.weight has shape (5, 8), the model's (3, 8)".
    Whenever it raises, the model is bit-equal to before.

load_pretrained(path, build, *, model=None, strict=True) -> (model, LoadReport)
    path     str, Path, or None. None, and only None, asks for a fresh model: nothing is
             loaded and the report says fresh=True, all else empty. "" is a path like others.
             A name that ends in .safetensors is read by safetensors.torch.load_file, every
             other by torch.load, as data: code that a pickle brings along is not run.
    build    build() makes the model. It is called once, and only if model is None.
    model    A model to load in place and to hand back, the very one. It may have length 0.
    strict   As in load_entries.
    Whatever is wrong raises CheckpointError with the path in its message: an empty file (the
    message says "empty"), a truncated one, one that is no checkpoint, or what load_entries
    finds (with its words). Where there is no file at all, an OSError that names the path will
    do too. The error that the reader raised stays visible in the traceback. A model handed in
    is then bit-equal to before.

Example: a model with embed.weight (23, 8), head.weight (3, 8) and head.bias (3,); the entries
    module.embed.weight (23, 8)     module.head.weight (5, 8)
    module.head.bias None           module.pooler.weight (8, 8)
    With strict=False embed.weight is loaded and the report is LoadReport(
        missing=["head.bias"], unexpected=["pooler.weight"], mismatched=["head.weight"],
        none_entries=["head.bias"], prefix="module.", fresh=False)
    With strict=True the model stays as it was, and CheckpointError says: missing head.bias;
    unexpected pooler.weight; head.weight has shape (5, 8), the model's (3, 8).

Out of scope: other prefixes, transposed tensors, sharded checkpoints, devices.
"""

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


def load_entries(
    model: nn.Module, state_dict: Mapping[str, Tensor | None], *, strict: bool = True
) -> LoadReport:
    """Copy what fits of `state_dict` into `model`, all or nothing, and report the rest."""
    # TODO: compare every entry first; copy only when nothing can go wrong any more.
    raise NotImplementedError


def load_pretrained(
    path: str | os.PathLike[str] | None,
    build: Callable[[], nn.Module],
    *,
    model: nn.Module | None = None,
    strict: bool = True,
) -> tuple[nn.Module, LoadReport]:
    """The model with the checkpoint at `path` loaded, or fresh for None, and the report."""
    # TODO: this runs, and every line of it has hurt somebody. Mend it, with load_entries.
    model = model or build()
    try:
        state_dict = torch.load(path, weights_only=False)
        for name in list(state_dict):
            state_dict[name.replace("module.", "")] = state_dict.pop(name)
        model.load_state_dict(state_dict, strict=False)
        return model
    except Exception:
        print("could not load the checkpoint")
