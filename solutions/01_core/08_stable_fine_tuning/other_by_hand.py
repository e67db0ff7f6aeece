"""The same loop without helpers of the library: gradients, norm and clipping written out."""

import math
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


def fine_tune(model, batches, optimizer, *, loss_fn, evaluate, every, warmup, max_norm):
    losses, norms, rates, scores = [], [], [], []
    best_score, best_state, stopped_at = -math.inf, None, None
    base = [group["lr"] for group in optimizer.param_groups]
    weights = [p for p in model.parameters() if p.requires_grad]
    was_training = model.training

    for inputs, labels in batches:
        step = len(losses) + 1
        ramp = step / warmup if step < warmup else 1.0
        for at, group in enumerate(optimizer.param_groups):
            group["lr"] = base[at] * ramp

        model.train()
        loss = loss_fn(model(inputs), labels)
        if not math.isfinite(loss.item()):
            stopped_at = step
            break

        gradients = torch.autograd.grad(loss, weights)
        norm = math.sqrt(sum((gradient**2).sum().item() for gradient in gradients))
        factor = max_norm / norm if norm > max_norm else 1.0
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.grad = gradient * factor
        optimizer.step()

        losses.append(loss.item())
        norms.append(norm)
        rates.append(base[0] * ramp)
        if step % every == 0:
            model.eval()
            scores.append(evaluate(model))
            if scores[-1] > best_score:
                best_score = scores[-1]
                best_state = {name: torch.clone(t) for name, t in model.state_dict().items()}

    model.train(was_training)
    return History(
        losses=losses,
        norms=norms,
        rates=rates,
        scores=scores,
        best_score=None if best_state is None else best_score,
        best_state=best_state,
        stopped_at=stopped_at,
    )
