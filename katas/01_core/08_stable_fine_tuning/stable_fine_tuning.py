"""Stop a fine-tuning run from wrecking its model

A pretrained model, 40 examples of the new task, and after 25 steps the model is ruined: the
training loss jumps about and does not improve, held-out accuracy is near chance. A larger
model, less data or a more distant domain would not help; the run itself is unstable, its steps
are too large, and it ends by saving the damage as "best".

fine_tune below runs without an error and has six faults, all inside the function. Mend them:
about eight lines change or move. This is what people reported:

  - "norms climbs from step to step, even on batches the model is good at by now."
  - "max_norm=0.5 or max_norm=500: the first step is the same."
  - "The very first step throws the pretrained weights far off. warmup changes nothing."
  - "One broken batch, its loss was NaN. The run went on to its end; all weights are NaN."
  - "I loaded best_state and got the accuracy of the last step, not best_score."
  - "The model has dropout. After the first evaluation it behaves as if it had none."

Contract of fine_tune
  model      any nn.Module. Parameters with requires_grad=False are frozen: they stay put.
  batches    an iterable of (inputs, labels), read once; each batch is one step. May be empty.
  optimizer  holds all parameters that are not frozen, in one group or several; each group
             keeps its own base rate: the "lr" it comes with.
  loss_fn    loss_fn(model(inputs), labels) gives the loss, a tensor with one element.
  evaluate   evaluate(model) gives a number, higher is better. Called after every `every`-th
             step that was taken (every=3: after steps 3, 6, 9, ...), in eval mode.
  warmup     step t, counted from 1, is taken at the rate  base * min(1, t / warmup)  in each
             group. warmup=0, like warmup=1, takes the base rate from the first step on.
  max_norm   > 0. The gradient norm is the 2-norm over all parameters together. If it exceeds
             max_norm, one common factor brings it down to max_norm; otherwise (a gradient of
             zero included) the gradients are used as they are.

  Every step is made in train mode from the gradient of its own batch alone: gradients left on
  the parameters by earlier steps, or before the call, do not count.
  A loss that is NaN, inf or -inf ends the run before its step: weights and
  optimizer.state_dict()["state"] stay, bit for bit, as the step before left them.
  Returns a History (below). The model then holds the weights of the last step taken, in the
  mode, train or eval, in which it came; so too after a stop.

Example: with base rate 0.8 and warmup=4, steps 1 to 5 are taken at 0.2, 0.4, 0.6, 0.8, 0.8.
  Two parameters with the gradients 3.0 and 4.0 have the norm 5.0: max_norm=2.5 turns them into
  1.5 and 2.0, max_norm=10 leaves them alone.

Two of the tests are real runs of this kit's own GPT-2, which knows English. It learns to tell 32
  texts, reviews and pages of a manual, apart: the mended loop's last eight losses must have a mean
  below 4.0, and more than half of the held-out texts must be right. And one step of Adam at a high
  rate may cost it at most 1.0 nat a token of the English that it knew.

Out of scope: decay after the warm-up, mixed precision, accumulation over several batches,
infinite gradients of a finite loss, running averages of BatchNorm, submodules in mixed modes,
and the rate that the groups are left with.
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
    # TODO: mend what is wrong from here on.
    for step, (inputs, labels) in enumerate(batches, start=1):
        loss = loss_fn(model(inputs), labels)
        loss.backward()
        for group, base in zip(optimizer.param_groups, base_rates):
            group["lr"] = base
        optimizer.step()
        norm = clip_grad_norm_(model.parameters(), max_norm)
        if loss == float("nan"):
            history.stopped_at = step
            break
        history.losses.append(loss.item())
        history.norms.append(norm.item())
        history.rates.append(optimizer.param_groups[0]["lr"])
        if step % every == 0:
            model.eval()
            score = evaluate(model)
            history.scores.append(score)
            if history.best_score is None or score > history.best_score:
                history.best_score = score
                history.best_state = model.state_dict()
    model.train(came_in_train_mode)
    return history
