"""A class that chooses what trains; gradients by autograd.grad; no loop in sight."""

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
    new = nn.Linear(old.in_features, classes, dtype=old.weight.dtype)
    spread = old.in_features**-0.5
    nn.init.trunc_normal_(new.weight, std=spread)
    nn.init.zeros_(new.bias)
    new.train(old.training)
    for holder in list(model.modules()):
        for name, child in holder.named_children():
            if child is old:
                holder.register_module(name, new)
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
    return Choice(model, head).freeze(frozen).groups(lr, head_lr)


class Choice:
    """Which parameters of a model train, and how fast."""

    def __init__(self, model: nn.Module, head: str) -> None:
        self.by_name = dict(model.named_parameters(remove_duplicate=False))
        self.head = head + "."
        for parameter in self.by_name.values():
            parameter.requires_grad_(True)

    def freeze(self, names: Sequence[str]) -> Choice:
        for wanted in names:
            parts = wanted.split(".")
            found = [n for n in self.by_name if n.split(".")[: len(parts)] == parts]
            if not found:
                raise ValueError(f"nothing to freeze under the name of {wanted!r}")
            for name in found:
                self.by_name[name].requires_grad_(False)
        return self

    def groups(self, lr: float, head_lr: float) -> list[dict[str, Any]]:
        rest = [p for n, p in self.by_name.items() if not n.startswith(self.head)]
        ends = [p for n, p in self.by_name.items() if n.startswith(self.head)]
        seen: set[int] = set()
        groups = []
        for parameters, rate in ((rest, lr), (ends, head_lr)):
            fresh = []
            for parameter in parameters:
                if parameter.requires_grad and id(parameter) not in seen:
                    seen.add(id(parameter))
                    fresh.append(parameter)
            if fresh:
                groups.append({"params": fresh, "lr": rate})
        return groups


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
    model.train()
    replace_head(model, classes, head=head)
    trainer = optimizer(parameter_groups(model, lr=lr, head_lr=head_lr, frozen=frozen, head=head))

    def step(ids: Tensor, lengths: Tensor, labels: Tensor) -> float:
        loss = nn.CrossEntropyLoss()(class_logits(model, ids, lengths), labels)
        gradients = torch.autograd.grad(loss, trained, allow_unused=True)
        for parameter, gradient in zip(trained, gradients):
            parameter.grad = gradient
        trainer.step()
        return loss.item()

    trained = [p for group in trainer.param_groups for p in group["params"]]
    return [step(*batch) for batch in batches]
