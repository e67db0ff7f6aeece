"""Encodes first, batches texts of like length together, and puts the answers back in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence


def predict(
    model: nn.Module,
    texts: Sequence[str],
    encode: Callable[[str], list[int]],
    names: Sequence[str],
    *,
    batch_size: int = 16,
    pad: int = 0,
) -> list[str]:
    """The name of the class that `model` finds for each of `texts`, in their order."""
    rows = [torch.tensor(encode(text)) for text in texts]
    by_length = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    found: dict[int, str] = {}
    with evaluating(model), torch.inference_mode():
        while by_length:
            here, by_length = by_length[:batch_size], by_length[batch_size:]
            ids = pad_sequence([rows[i] for i in here], batch_first=True, padding_value=pad)
            mask = pad_sequence([torch.ones_like(rows[i], dtype=torch.bool) for i in here], True)
            for i, logits in zip(here, model(ids, mask)):
                found[i] = names[int(logits.argmax())]
    return [found[i] for i in range(len(texts))]


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """In eval mode for a while."""
    training = {module for module in model.modules() if module.training}
    model.eval()
    try:
        yield
    finally:
        for module in training:
            module.training = True
