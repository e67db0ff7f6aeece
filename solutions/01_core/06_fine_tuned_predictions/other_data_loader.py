"""A data loader makes the batches, a small class keeps the modes; no_grad as a decorator."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader


@torch.no_grad()
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

    def collate(batch: list[str]) -> tuple[Tensor, Tensor]:
        rows = [encode(text) for text in batch]
        ids = torch.full((len(rows), max(map(len, rows))), pad, dtype=torch.long)
        mask = torch.zeros(ids.shape, dtype=torch.bool)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = torch.as_tensor(row)
            mask[place, : len(row)] = True
        return ids, mask

    loader = DataLoader(list(texts), batch_size, collate_fn=collate)
    kept = Modes(model)
    try:
        model.train(False)
        logits = [model(*batch) for batch in loader]
    finally:
        kept.put_back()
    best = torch.cat([part.max(dim=-1).indices for part in logits]) if logits else []
    return list(map(names.__getitem__, map(int, best)))


class Modes:
    """The mode of every module of a model, by name."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.before = {name: module.training for name, module in model.named_modules()}

    def put_back(self) -> None:
        for name, training in self.before.items():
            self.model.get_submodule(name).training = training
