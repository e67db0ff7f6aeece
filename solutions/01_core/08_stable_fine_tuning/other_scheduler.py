"""The same loop with a scheduler of the library, and the caller's mode kept by `finally`."""

from dataclasses import dataclass, field
from itertools import count

import torch
from torch.optim.lr_scheduler import LambdaLR


@dataclass
class History:
    losses: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    best_score: float | None = None
    best_state: dict | None = None
    stopped_at: int | None = None


def fine_tune(model, batches, optimizer, *, loss_fn, evaluate, every, warmup, max_norm):
    history = History()
    mode = model.training
    # LambdaLR counts from 0 and sets the rate of the coming step.
    warm = LambdaLR(optimizer, lambda done: min(1.0, (done + 1) / warmup) if warmup else 1.0)
    try:
        for number, (inputs, labels) in zip(count(1), batches, strict=False):
            model.train()
            loss = loss_fn(model(inputs), labels)
            model.zero_grad()
            loss.backward()
            if loss.isnan() or loss.isinf():
                history.stopped_at = number
                return history
            norm = torch.nn.utils.clip_grad_norm_(
                [weight for weight in model.parameters() if weight.requires_grad], max_norm
            )
            history.rates += warm.get_last_lr()[:1]
            optimizer.step()
            warm.step()
            history.losses.append(float(loss))
            history.norms.append(float(norm))
            if number % every:
                continue
            model.eval()
            with torch.no_grad():
                history.scores.append(evaluate(model))
            if history.scores.index(max(history.scores)) == len(history.scores) - 1:
                history.best_score = history.scores[-1]
                history.best_state = {
                    name: value.clone() for name, value in model.state_dict().items()
                }
        return history
    finally:
        model.train(mode)
