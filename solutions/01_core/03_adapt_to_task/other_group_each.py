"""Walks to the head by hand, one group a parameter, cross-entropy written out."""

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
    *path, last = head.split(".")
    holder = model
    for step in path:
        holder = getattr(holder, step)
    old = getattr(holder, last)
    new = nn.Linear(old.in_features, classes).to(old.weight)
    with torch.no_grad():
        new.weight.normal_(0.0, 0.02)
        new.bias.zero_()
    setattr(holder, last, new)
    return new


def parameter_groups(
    model: nn.Module,
    *,
    lr: float,
    head_lr: float,
    frozen: Sequence[str] = (),
    head: str = "lm_head",
) -> list[dict[str, Any]]:
    """Freeze what `frozen` names, and sort the rest into groups for an optimizer."""
    still = set()
    for name in frozen:
        still |= {id(parameter) for parameter in owned(model, name)}
    tops = {id(parameter) for parameter in model.get_submodule(head).parameters()}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        if not name.startswith(head + "."):
            tops.discard(id(parameter))
    groups = []
    for parameter in model.parameters():
        parameter.requires_grad_(id(parameter) not in still)
        if id(parameter) not in still:
            rate = head_lr if id(parameter) in tops else lr
            groups.append({"params": [parameter], "lr": rate})
    return groups


def owned(model: nn.Module, name: str) -> list[nn.Parameter]:
    """The parameters of the module called `name`, or the one parameter of that name."""
    try:
        found = list(model.get_submodule(name).parameters())
    except AttributeError:
        found = [p for n, p in model.named_parameters(remove_duplicate=False) if n == name]
    if not found:
        raise ValueError(f"no parameter is called {name}, or lies in a module called so")
    return found


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
    replace_head(model, classes, head=head)
    groups = parameter_groups(model, lr=lr, head_lr=head_lr, frozen=frozen, head=head)
    model.train()
    stepper = optimizer(groups)
    losses: list[float] = []
    for ids, lengths, labels in batches:
        logits = class_logits(model, ids, lengths)
        of_right = logits.log_softmax(dim=1)[torch.arange(len(labels)), labels]
        loss = -of_right.mean()
        losses += [loss.item()]
        model.zero_grad()
        loss.backward()
        stepper.step()
    return losses
