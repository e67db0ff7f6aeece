"""Reference solution: count over every batch, divide once; score fresh logits."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

SEED = 1599
PRINTED: float | None = 0.75
KEPT: float | None = 0.25

POINTS = torch.tensor([[1.0, 2.0], [2.0, 1.0], [1.5, 1.5], [3.0, 3.0]])
LABELS = torch.tensor([0, 1, 0, 1])

Batch = tuple[Tensor, Tensor]  # logits (N, C), labels (N,)


def accuracy(batches: Iterable[Batch], ignore_index: int = -100) -> float | None:
    """The share of scored labels that the largest logit gets right; None without any."""
    right = scored = 0
    for logits, labels in batches:
        keep = labels != ignore_index
        right += (logits.argmax(1)[keep] == labels[keep]).sum().item()
        scored += keep.sum().item()
    return right / scored if scored else None


def train(model: nn.Module, inputs: Tensor, labels: Tensor, epochs: int, lr: float) -> Tensor:
    """Given, and right. Trains by full-batch SGD; returns the logits of the last epoch."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        logits = model(inputs)
        loss = nn.functional.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return logits


def train_and_score(
    model: nn.Module, inputs: Tensor, labels: Tensor, epochs: int = 3, lr: float = 0.1
) -> float | None:
    """Train `model`, then score it as it is handed back."""
    was_training = model.training
    train(model, inputs, labels, epochs, lr)
    model.eval()
    with torch.no_grad():
        score = accuracy([(model(inputs), labels)])
    model.train(was_training)
    return score


if __name__ == "__main__":
    torch.manual_seed(SEED)
    print(train_and_score(nn.Linear(2, 2), POINTS, LABELS))
