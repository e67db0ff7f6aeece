"""Training a language model so that it can be stopped at any step, and resumed bit for bit.

    run = start(plan, device)
    train(run, ids, evaluate, state, console)

Step n draws the same batch and the same dropout however often the run was stopped and resumed, so a
resumed run ends with the same bits as one that was not stopped, on the same machine.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from pytest_kata.catalog import KitError
from pytest_kata.lab.model import GPT2, Config
from pytest_kata.lab.plot import sparkline

PADDING = -100  # as a target, it does not count


@dataclass(frozen=True)
class Plan:
    """How to train. Rates are per step; a batch is `batch` sequences of n_positions tokens from
    anywhere in the text, and `short` texts read from their start."""

    model: Config = field(default_factory=Config)
    seed: int = 0
    steps: int = 6000
    batch: int = 8
    short: int = 0
    learning_rate: float = 2e-3
    least_rate: float = 1e-4
    warm_up: int = 200
    weight_decay: float = 0.1
    clip: float = 1.0
    evaluate_every: int = 250

    def rate(self, step: int) -> float:
        """Learning rate of a step, counted from 0: linear warm-up, then half a cosine down."""
        if step < self.warm_up:
            return self.learning_rate * (step + 1) / self.warm_up
        done = (step - self.warm_up) / max(1, self.steps - self.warm_up)
        height = 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
        return self.least_rate + (self.learning_rate - self.least_rate) * height


@dataclass
class Run:
    """A run at some step: `losses` in nats a token, `held_out` as (step, bits per byte)."""

    plan: Plan
    model: GPT2
    optimizer: torch.optim.Optimizer
    step: int = 0
    losses: list[float] = field(default_factory=list)
    held_out: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def device(self) -> torch.device:
        return self.model.transformer.wte.weight.device

    def save(self, path: Path) -> None:
        """Writes everything that resuming needs. A run killed meanwhile keeps the older file."""
        content = {key: getattr(self, key) for key in RESUMED} | {
            "plan": asdict(self.plan),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        beside = path.with_suffix(".part")
        torch.save(content, beside)
        os.replace(beside, path)

    def resume(self, path: Path) -> None:
        """Goes on from a saved file. Raises KitError when that is of another plan, or damaged."""
        try:
            content = torch.load(path, map_location=self.device, weights_only=True)
            if content["plan"] != asdict(self.plan):
                raise KitError(
                    "this is a run with other settings; delete it or take another --state",
                    where=str(path),
                )
            self.model.load_state_dict(content["model"])
            self.optimizer.load_state_dict(content["optimizer"])
            for key in RESUMED:
                setattr(self, key, content[key])
        except KitError:
            raise
        except Exception as error:  # torch.load raises whatever the bytes lead it to
            words = str(error).partition("\n")[0]
            raise KitError(f"this run cannot be resumed ({words})", where=str(path)) from None


RESUMED = ("step", "losses", "held_out", "seconds", "cpu_seconds")


def start(plan: Plan, device: torch.device, model: GPT2 | None = None) -> Run:
    """A run at step 0 of a model, or of one whose weights are drawn from the plan's seed."""
    model = model or GPT2(plan.model, generator=torch.Generator().manual_seed(plan.seed))
    model = model.to(device)
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    groups = [
        {"params": matrices, "weight_decay": plan.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return Run(plan, model, torch.optim.AdamW(groups, betas=(0.9, 0.95)))


def advance(run: Run, ids: Tensor, short: Sequence[Tensor] = ()) -> float:
    """One step on the token stream `ids` (N,), int64, and on some of the texts in `short`, each
    (T,); returns its loss in nats a token.

    Batch and dropout follow from the plan's seed and the step alone. On a GPU the forward pass is
    in bfloat16. Raises KitError when the loss is not finite; the weights are then as before.
    """
    plan, longest = run.plan, run.plan.model.n_positions
    torch.manual_seed(plan.seed * 1_000_003 + run.step)
    starts = torch.randint(len(ids) - longest, (plan.batch,)).tolist()
    parts = [torch.stack([ids[s : s + longest + 1] for s in starts])]
    if plan.short:
        chosen = [short[n] for n in torch.randint(len(short), (plan.short,)).tolist()]
        parts.append(pad_sequence(chosen, batch_first=True, padding_value=PADDING))
    for group in run.optimizer.param_groups:
        group["lr"] = plan.rate(run.step)
    run.model.train()
    losses = [_loss(run.model, rows.to(run.device)) for rows in parts]
    counts = [int((rows[:, 1:] != PADDING).sum()) for rows in parts]
    loss = torch.stack(losses).sum() / sum(counts)
    value = loss.item()
    if not math.isfinite(value):
        raise KitError(f"the loss is {value} at step {run.step}; take a lower learning rate")
    run.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(run.model.parameters(), plan.clip)
    run.optimizer.step()
    run.step += 1
    run.losses.append(value)
    return value


def _loss(model: GPT2, rows: Tensor) -> Tensor:
    """The sum of the losses of all tokens of some rows but the first of each, in nats."""
    with torch.autocast(rows.device.type, torch.bfloat16, enabled=rows.device.type == "cuda"):
        logits = model(rows[:, :-1].clamp(min=0))
    targets = rows[:, 1:].flatten()
    return F.cross_entropy(
        logits.float().flatten(0, 1), targets, ignore_index=PADDING, reduction="sum"
    )


def train(
    run: Run,
    ids: Tensor,
    evaluate: Callable[[GPT2], float],
    state: Path,
    console: Console,
    short: Sequence[Tensor] = (),
) -> None:
    """Trains to the plan's last step; every `evaluate_every` steps measures, saves, and says so."""
    columns = (
        TextColumn("step {task.completed}/{task.total}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.3f}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=run.plan.steps, completed=run.step, loss=math.nan)
        wall, cpu = time.perf_counter(), time.process_time()
        while run.step < run.plan.steps:
            loss = advance(run, ids, short)
            progress.update(bar, completed=run.step, loss=loss)
            if run.step % run.plan.evaluate_every == 0 or run.step == run.plan.steps:
                run.held_out.append((run.step, evaluate(run.model)))
                now, used = time.perf_counter(), time.process_time()
                run.seconds += now - wall
                run.cpu_seconds += used - cpu
                wall, cpu = now, used
                run.save(state)
                console.print(_line(run), highlight=False, soft_wrap=True)


def _line(run: Run) -> str:
    recent = run.losses[-run.plan.evaluate_every :]
    loss, (step, bits) = sum(recent) / len(recent), run.held_out[-1]
    return (
        f"{step:6d}/{run.plan.steps}  loss {loss:.3f} nats a token  held out {bits:.3f} bits a byte"
        f"  {run.cpu_seconds / 60:.1f} CPU minutes  {sparkline(run.losses, 24)}"
    )
