"""Adapt a pretrained model to one task

Fine-tuning takes a model that was pretrained on a lot of text and adjusts it to one task. It
is not training from scratch, it takes no layers away, and it begins when the examples are
there. A run whose optimizer was made before the new head trains everything but that head: no
error, a falling loss, and at the end a head as random as it came.

What to write
    Three functions. class_logits is written; leave it as it is.

replace_head(model, classes, *, head="lm_head") -> the new layer
    head     The name of an nn.Linear in model, dotted if it lies deeper: "decoder.out".
    Puts a new nn.Linear with `classes` outputs and a bias there, for the same inputs, with the
    old one's dtype. Its weights are random (as nn.Linear draws them will do) and share nothing
    with the old head's; they train, even if those of the old head were frozen.
    Everything else in the model stays bit for bit what it was, the very same parameters. Mind
    tied weights: in GPT-2 lm_head.weight *is* transformer.wte.weight, the token embedding.

parameter_groups(model, *, lr, head_lr, frozen=(), head="lm_head") -> list of groups
    frozen   Names of modules or parameters. A module's name stands for all that is in it:
             "transformer.h.1" is block 1, and not block 10. A name for which the model has no
             parameter raises ValueError with that name in its message.
    Sets requires_grad of every parameter: False if it is frozen, True if not, whatever it was.
    A parameter with two names (a tied one) is frozen if either of them is.
    Returns groups for a torch optimizer, dicts with "params" and "lr". Each parameter that is
    not frozen is in exactly one group, once; no frozen one is in any. The head's parameters
    have head_lr, all others lr. One that the head shares with the rest is not the head's
    alone: it has lr. A group may be empty, or left out.

adapt(model, batches, classes, *, lr, head_lr, frozen=(), head="lm_head",
      optimizer=torch.optim.AdamW) -> list of losses
    batches    An iterable, read once, of (ids, lengths, labels): ids (B, T) int64, padded on
               the right; lengths (B,) int64, the real ids of each row; labels (B,) int64.
    optimizer  optimizer(groups) makes the optimizer. It is called once, with the groups that
               parameter_groups gives.
    Gives the model itself (no copy) a new head, chooses what trains as above, and takes one
    step for each batch, in train mode, from the gradient of that batch alone. The loss is the
    mean cross-entropy of class_logits and the labels. The body starts at its pretrained
    values. Returns the loss of every step, as it was before that step, in plain floats.

Example: a GPT-2 with 4 blocks of width 128 and 2048 tokens, tied, has 1,088,256 parameters.
    replace_head(model, 3) puts Linear(128, 3) in, 387 parameters. The embedding stays, so now
    there are 1,088,643. With frozen=["transformer.wte", "transformer.h.0"], lr=1e-4 and
    head_lr=1e-3, parameter_groups freezes 262,144 and 198,272 of them. Of the rest, 627,840
    train at 1e-4 and 387 at 1e-3.

One of the tests adapts the shipped checkpoint to three classes (a product review, a line of a
    talk about health, a piece of Python's documentation) in six steps of 18 texts. On texts
    it has not seen it must then be right more often than not (chance: 33 %), with the weights
    of every block moved a little, by less than a third of their length.

Out of scope: unknown or non-linear heads, devices, clipping, warm-up, a loss that is not
finite (see stable-fine-tuning), the mode in which the model is left, collecting examples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy


def class_logits(model: nn.Module, ids: Tensor, lengths: Tensor) -> Tensor:
    """What the model says of each text, (B, classes): the mean over its real positions."""
    outputs = model(ids)  # (B, T, classes)
    real = torch.arange(ids.shape[1]) < lengths[:, None]
    weights = real.to(outputs.dtype) / lengths[:, None].to(outputs.dtype)
    return (outputs * weights[:, :, None]).sum(dim=1)


def replace_head(model: nn.Module, classes: int, *, head: str = "lm_head") -> nn.Linear:
    """Put a new linear layer for `classes` in the place of the one called `head`."""
    # TODO: make the new layer, and set it where the old one was.
    raise NotImplementedError


def parameter_groups(
    model: nn.Module,
    *,
    lr: float,
    head_lr: float,
    frozen: Sequence[str] = (),
    head: str = "lm_head",
) -> list[dict[str, Any]]:
    """Freeze what `frozen` names, and sort the rest into groups for an optimizer."""
    # TODO: set requires_grad of every parameter, and put each that trains into one group.
    raise NotImplementedError


def adapt(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor, Tensor]],
    classes: int,
    *,
    lr: float,
    head_lr: float,
    frozen: Sequence[str] = (),
    head: str = "lm_head",
    optimizer: Callable[[list[dict[str, Any]]], torch.optim.Optimizer] = torch.optim.AdamW,
) -> list[float]:
    """Give `model` a head for the task, and train it on `batches`, one step each."""
    # TODO: the two functions above, in their order, then the loop.
    raise NotImplementedError
