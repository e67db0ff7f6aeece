"""Adapt a pretrained model to one task: the reference solution."""

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
    old = model.get_submodule(head)
    parent, _, last = head.rpartition(".")
    new = nn.Linear(old.in_features, classes, dtype=old.weight.dtype)
    setattr(model.get_submodule(parent), last, new)
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
    names: dict[nn.Parameter, list[str]] = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        names.setdefault(parameter, []).append(name)
    for wanted in frozen:
        if not any(within(name, wanted) for known in names.values() for name in known):
            raise ValueError(f"the model has nothing called {wanted!r} to freeze")
    body, top = [], []
    for parameter, known in names.items():
        parameter.requires_grad = not any(within(name, one) for name in known for one in frozen)
        if parameter.requires_grad:
            heads_alone = all(within(name, head) for name in known)
            (top if heads_alone else body).append(parameter)
    return [{"params": body, "lr": lr}, {"params": top, "lr": head_lr}]


def within(name: str, whole: str) -> bool:
    """Is the parameter `name` the one called `whole`, or in the module called so?"""
    return name == whole or name.startswith(whole + ".")


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
    trainer = optimizer(groups)
    losses = []
    model.train()
    for ids, lengths, labels in batches:
        trainer.zero_grad()
        loss = cross_entropy(class_logits(model, ids, lengths), labels)
        loss.backward()
        trainer.step()
        losses.append(loss.item())
    return losses
