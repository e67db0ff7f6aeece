"""Right, as a walk through time: what each position says of the next token, added up."""

import torch


def next_token_loss(logits, labels, ignore_index=-100):
    total = 0.0 * logits.sum()
    scored = 0
    for now in range(labels.shape[1] - 1):
        keep = labels[:, now + 1] != ignore_index
        rows = logits[:, now][keep]
        wanted = rows.gather(1, labels[:, now + 1][keep].unsqueeze(1)).squeeze(1)
        highest = rows.max(1, keepdim=True).values.detach()
        normaliser = (rows - highest).exp().sum(1).log() + highest.squeeze(1)
        total = total + (normaliser - wanted).sum()
        scored += int(keep.sum())
    return total / scored if scored else total
