"""Reference solution: everything but the head, by name, through load_state_dict."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def load_body(classifier: nn.Module, checkpoint: dict[str, Tensor], head: str) -> list[str]:
    """Copies the checkpoint's body into the classifier; returns what stays new."""
    body = {name: t for name, t in checkpoint.items() if not name.startswith(f"{head}.")}
    return classifier.load_state_dict(body, strict=False).missing_keys


def make_optimizer(
    classifier: nn.Module, head: str, body_rate: float, head_rate: float
) -> torch.optim.Optimizer:
    """AdamW on everything, the head at a rate of its own."""
    body, new = [], []
    for name, parameter in classifier.named_parameters():
        (new if name.startswith(f"{head}.") else body).append(parameter)
    return torch.optim.AdamW([{"params": body, "lr": body_rate}, {"params": new, "lr": head_rate}])
