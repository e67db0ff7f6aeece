"""Stop a fine-tuning run from wrecking its model: the loop, mended.

The task and the contract are in the starter's docstring.
"""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import torch
from torch.nn.utils import clip_grad_norm_


@dataclass
class History:
    """What happened. The step that a run stopped at has no entry in the lists."""

    losses: list[float] = field(default_factory=list)  # of every step taken
    norms: list[float] = field(default_factory=list)  # gradient norm of it, before clipping
    rates: list[float] = field(default_factory=list)  # rate of the first group in it
    scores: list[float] = field(default_factory=list)  # what evaluate gave, in order
    best_score: float | None = None  # the highest of scores; None if there is none
    # A copy, which nothing changes later, of model.state_dict() as it was when best_score was
    # first reached; None if evaluate was never called.
    best_state: dict[str, torch.Tensor] | None = None
    stopped_at: int | None = None  # number (from 1) of the step with the bad loss, or None


def fine_tune(
    model: torch.nn.Module,
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    optimizer: torch.optim.Optimizer,
    *,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    evaluate: Callable[[torch.nn.Module], float],
    every: int,
    warmup: int,
    max_norm: float,
) -> History:
    """Train `model` on `batches`, one step each; see the top of the file."""
    history = History()
    base_rates = [group["lr"] for group in optimizer.param_groups]
    came_in_train_mode = model.training
    model.train()
    for step, (inputs, labels) in enumerate(batches, start=1):
        optimizer.zero_grad()
        loss = loss_fn(model(inputs), labels)
        if not torch.isfinite(loss):
            history.stopped_at = step
            break
        loss.backward()
        norm = clip_grad_norm_(model.parameters(), max_norm)
        for group, base in zip(optimizer.param_groups, base_rates):
            group["lr"] = base * min(1.0, step / max(1, warmup))
        optimizer.step()
        history.losses.append(loss.item())
        history.norms.append(norm.item())
        history.rates.append(optimizer.param_groups[0]["lr"])
        if step % every == 0:
            model.eval()
            score = evaluate(model)
            model.train()
            history.scores.append(score)
            if history.best_score is None or score > history.best_score:
                history.best_score = score
                history.best_state = copy.deepcopy(model.state_dict())
    model.train(came_in_train_mode)
    return history
