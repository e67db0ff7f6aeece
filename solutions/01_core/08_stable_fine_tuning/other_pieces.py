"""The same loop cut into pieces: one function for a step, one for the rate, one for the best."""

import copy
from dataclasses import dataclass, field

import torch


@dataclass
class History:
    losses: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    best_score: float | None = None
    best_state: dict | None = None
    stopped_at: int | None = None

    def score(self, score, model):
        if not self.scores or score > self.best_score:
            self.best_score = score
            self.best_state = copy.deepcopy(model).state_dict()
        self.scores.append(score)


class BrokenLoss(Exception):
    pass


def rate_factor(step, warmup):
    return 1.0 if step >= warmup else step / warmup


def one_step(model, batch, optimizer, loss_fn, max_norm):
    inputs, labels = batch
    loss = loss_fn(model.train()(inputs), labels)
    if not bool(loss.isfinite().all()):
        raise BrokenLoss
    for parameter in model.parameters():
        parameter.grad = None
    loss.backward()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients]))
    if norm > max_norm:
        for gradient in gradients:
            gradient *= max_norm / norm
    optimizer.step()
    return loss.item(), norm.item()


def fine_tune(model, batches, optimizer, *, loss_fn, evaluate, every, warmup, max_norm):
    history, training = History(), model.training
    base_rates = [group["lr"] for group in optimizer.param_groups]
    step = 0
    try:
        for step, batch in enumerate(batches, 1):
            for group, base_rate in zip(optimizer.param_groups, base_rates, strict=True):
                group["lr"] = base_rate * rate_factor(step, warmup)
            loss, norm = one_step(model, batch, optimizer, loss_fn, max_norm)
            history.losses.append(loss)
            history.norms.append(norm)
            history.rates.append(optimizer.param_groups[0]["lr"])
            if step % every == 0:
                history.score(evaluate(model.eval()), model)
    except BrokenLoss:
        history.stopped_at = step
    model.train(training)
    return history
