"""Right, with the state_dict's own tensors filled in place, entry by entry."""

import torch
from torch.optim import AdamW


@torch.no_grad()
def load_body(classifier, checkpoint, head):
    new = []
    for name, entry in classifier.state_dict().items():
        if name.split(".")[0] == head or name not in checkpoint:
            new.append(name)
        else:
            entry.copy_(checkpoint[name])
    return new


def make_optimizer(classifier, head, body_rate, head_rate):
    groups = [
        {"params": [parameter], "lr": head_rate if name.split(".")[0] == head else body_rate}
        for name, parameter in classifier.named_parameters()
    ]
    return AdamW(groups)
