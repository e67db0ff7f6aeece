"""Right, as a class: labels moved one to the left, the last position ignored like padding."""

import torch
from torch import nn


class NextToken(nn.Module):
    def __init__(self, ignore_index):
        super().__init__()
        self.loss = nn.CrossEntropyLoss(reduction="none", ignore_index=ignore_index)
        self.ignore_index = ignore_index

    def forward(self, logits, labels):
        nothing = torch.full_like(labels[:, :1], self.ignore_index)
        targets = torch.cat([labels[:, 1:], nothing], dim=1)
        losses = self.loss(logits.transpose(1, 2), targets)
        weights = (targets != self.ignore_index).to(losses.dtype)
        return (losses * weights).sum() / max(1.0, weights.sum().item())


def next_token_loss(logits, labels, ignore_index=-100):
    return NextToken(ignore_index)(logits, labels)
