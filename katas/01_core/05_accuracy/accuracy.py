"""Score the model you keep.

An accuracy can be wrong without looking wrong. A script prints 0.91 and saves a model that
scores 0.84, because it scored logits from before the last step; a report averages its
batches, and a last batch of one example weighs as much as a full one of 512.

PREDICT, THEN MEASURE
    A linear classifier learns four points of two features, (1, 2), (2, 1), (1.5, 1.5) and
    (3, 3), with labels 0, 1, 0, 1, by three epochs of full-batch SGD at lr 0.1. As shipped,
    this file is the script that does it. What accuracy does it print? Without a fixed seed
    that question has no answer, so it is asked for SEED.

    Guess, for yourself, before you run anything. Then measure: write accuracy, and run
    `python accuracy.py`; mend train_and_score, and run it again. Fill in, as fractions
    between 0 and 1,

    PRINTED  what the script prints while train_and_score is as shipped
    KEPT     what the model it leaves behind scores, on fresh logits after the last step

WRITE
    accuracy(batches, ignore_index=-100)
        batches       an iterable of (logits, labels), perhaps a generator: go through it
                      once. logits: float tensor (N, C), a row an example, a column a class;
                      labels: int64 tensor (N,). N differs from batch to batch and may be 0.
        ignore_index  labels equal to it are left out, whatever the model predicts there. Any
                      integer, also one that is a class. All other labels count, 0 included.
        returns       right labels / scored labels over all the batches, as a plain number,
                      not a tensor. None if there is no label to score: no batches, only
                      empty ones, or every label ignored. Nothing right is 0.0, not None.

    train_and_score(model, inputs, labels, epochs=3, lr=0.1)
        Trains `model` itself, in train mode, and returns the accuracy on `inputs` of the
        model it hands back: fresh logits after the last step, in eval mode, with gradients
        off. Afterwards gradients are on again, and the model, with all its parts, is in the
        mode it came in, train or eval. Labels of -100 are left out of loss and score.

    Neither changes the tensors it is given, other than the model's.

EXAMPLE
    Batches of 4, 4 and 1 labels with 3, 1 and 1 right: 5 / 9 = 0.556, and not 0.667, the
    mean of 0.75, 0.25 and 1. With ignore_index=2, predictions 0, 2, 1 for labels 0, 2, 2:
    1 right of 1 scored, 1.0.

Out of scope: logits of more than two dimensions (flatten them first), models with some parts
in train mode and some in eval mode, epochs=0.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

SEED = 1599
PRINTED: float | None = None  # TODO: what the script as shipped prints for SEED
KEPT: float | None = None  # TODO: what the model it leaves behind scores

POINTS = torch.tensor([[1.0, 2.0], [2.0, 1.0], [1.5, 1.5], [3.0, 3.0]])
LABELS = torch.tensor([0, 1, 0, 1])

Batch = tuple[Tensor, Tensor]  # logits (N, C), labels (N,)


def accuracy(batches: Iterable[Batch], ignore_index: int = -100) -> float | None:
    """The share of scored labels that the largest logit gets right; None without any."""
    raise NotImplementedError  # TODO: about six lines


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
    logits = train(model, inputs, labels, epochs, lr)
    score = accuracy([(logits, labels)])  # TODO: which weights made these logits?
    model.train(was_training)
    return score


if __name__ == "__main__":
    torch.manual_seed(SEED)
    print(train_and_score(nn.Linear(2, 2), POINTS, LABELS))
