"""Pre-trains the shipped model: `python -m pytest_kata.lab.pretrain --out DIR`.

The objective is next-token prediction on raw text (see `text.py`), nothing else. The run is seeded:
step n draws the same batch and the same dropout however often the run was stopped and resumed, so a
resumed run ends with the same bits as one that was not stopped, on the same machine.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor

from pytest_kata.catalog import KitError
from pytest_kata.lab import card, measure, reviews, text
from pytest_kata.lab.checkpoint import load_checkpoint, save_checkpoint, write_hashes
from pytest_kata.lab.model import GPT2, Config
from pytest_kata.lab.plot import sparkline, svg
from pytest_kata.lab.tokenizer import Tokenizer
from pytest_kata.lab.tokenizer import train as train_tokenizer

STATE = "pretraining.pt"


@dataclass(frozen=True)
class Plan:
    """How to train. Rates are per step; `batch` is sequences of n_positions tokens."""

    model: Config = field(default_factory=Config)
    seed: int = 0
    steps: int = 6000
    batch: int = 8
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


def start(plan: Plan, device: torch.device) -> Run:
    """A run at step 0, its weights drawn from the plan's seed."""
    model = GPT2(plan.model, generator=torch.Generator().manual_seed(plan.seed)).to(device)
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    groups = [
        {"params": matrices, "weight_decay": plan.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return Run(plan, model, torch.optim.AdamW(groups, betas=(0.9, 0.95)))


def advance(run: Run, ids: Tensor) -> float:
    """One step on the token stream `ids` (N,), int64; returns its loss in nats a token.

    Batch and dropout follow from the plan's seed and the step alone. On a GPU the forward pass is
    in bfloat16. Raises KitError when the loss is not finite; the weights are then as before.
    """
    plan, longest = run.plan, run.plan.model.n_positions
    torch.manual_seed(plan.seed * 1_000_003 + run.step)
    starts = torch.randint(len(ids) - longest, (plan.batch,)).tolist()
    rows = torch.stack([ids[s : s + longest + 1] for s in starts]).to(run.device)
    for group in run.optimizer.param_groups:
        group["lr"] = plan.rate(run.step)
    run.model.train()
    with torch.autocast(run.device.type, torch.bfloat16, enabled=run.device.type == "cuda"):
        logits = run.model(rows[:, :-1])
    loss = F.cross_entropy(logits.float().flatten(0, 1), rows[:, 1:].flatten())
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


def pretrain(
    run: Run, ids: Tensor, evaluate: Callable[[GPT2], float], state: Path, console: Console
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
            loss = advance(run, ids)
            progress.update(bar, completed=run.step, loss=loss)
            if run.step % run.plan.evaluate_every == 0 or run.step == run.plan.steps:
                run.held_out.append((run.step, evaluate(run.model)))
                now, used = time.perf_counter(), time.process_time()
                run.seconds += now - wall
                run.cpu_seconds += used - cpu
                wall, cpu = now, used
                run.save(state)
                console.print(_line(run), highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Data:
    """What is trained on, and what is held out: texts, and the training texts' ids."""

    train: list[str]
    reviews: int  # how many of the training texts
    held_out: list[str]
    tokenizer: Tokenizer
    ids: list[int]

    @property
    def size(self) -> int:
        """Length of the training texts in UTF-8 bytes."""
        return sum(len(text.encode()) for text in self.train)


def read_data(vocabulary: int) -> Data:
    """The corpus and the unlabelled reviews, and a tokenizer of that size learned from them."""
    unlabelled = reviews.unlabelled()
    texts = text.corpus("train") + unlabelled
    tokenizer = train_tokenizer(texts, vocabulary)
    ids = measure.token_stream(texts, tokenizer)
    return Data(texts, len(unlabelled), text.corpus("validation"), tokenizer, ids)


def _line(run: Run) -> str:
    recent = run.losses[-run.plan.evaluate_every :]
    loss, (step, bits) = sum(recent) / len(recent), run.held_out[-1]
    return (
        f"{step:6d}/{run.plan.steps}  loss {loss:.3f} nats a token  held out {bits:.3f} bits a byte"
        f"  {run.cpu_seconds / 60:.1f} CPU minutes  {sparkline(run.losses, 24)}"
    )


def finish(out: Path, run: Run, data: Data, command: str) -> None:
    """Writes the checkpoint, the plot, the model card and the hashes; measures what was written."""
    out.mkdir(parents=True, exist_ok=True)
    save_checkpoint(out, run.model, data.tokenizer, dtype=torch.float16)
    written = load_checkpoint(out)
    bits = measure.bits_per_byte(written, data.held_out, data.tokenizer)
    others = measure.baselines(data.train, data.held_out, data.tokenizer)
    nats_to_bits = len(data.ids) / data.size / math.log(2)
    training = [(step, loss * nats_to_bits) for step, loss in _means(run.losses)]
    primed = {name: level for name, level in others.items() if name.startswith("xz")}
    curves = {"training": training, "held out": run.held_out}
    picture = svg("Pre-training", "step", "bits per byte", curves, primed)
    (out / "loss.svg").write_text(picture, encoding="utf-8", newline="\n")
    facts = card.Facts(
        model=written,
        command=command,
        documents=len(data.train) - data.reviews,
        reviews=data.reviews,
        size=data.size,
        tokens=len(data.ids),
        held_out_documents=len(data.held_out),
        held_out_size=sum(len(text.encode()) for text in data.held_out),
        steps=run.step,
        seen=run.step * run.plan.batch * run.plan.model.n_positions,
        cpu_minutes=run.cpu_seconds / 60,
        device="on a GPU" if run.device.type == "cuda" else "on the CPU",
        bits=bits,
        others=others,
        samples=card.samples(written, data.tokenizer),
    )
    (out / "MODEL_CARD.md").write_text(card.write(facts), encoding="utf-8", newline="\n")
    write_hashes(out)


def _means(losses: list[float], window: int = 50) -> list[tuple[int, float]]:
    spans = range(window, len(losses) + 1, window)
    return [(end, sum(losses[end - window : end]) / window) for end in spans] or [(1, losses[0])]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m pytest_kata.lab.pretrain",
        description="Pre-train the model of the lab, or resume a run that was stopped.",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--state", type=Path, help=f"the run itself (OUT/../{STATE})")
    parser.add_argument("--steps", type=int, default=Plan.steps)
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--batch", type=int, default=Plan.batch)
    parser.add_argument("--learning-rate", type=float, default=Plan.learning_rate)
    parser.add_argument("--vocabulary", type=int, default=Config.vocab_size)
    parser.add_argument("--width", type=int, default=Config.n_embd)
    parser.add_argument("--layers", type=int, default=Config.n_layer)
    parser.add_argument("--heads", type=int, default=Config.n_head)
    parser.add_argument("--context", type=int, default=Config.n_positions, help="tokens")
    parser.add_argument("--dropout", type=float, default=Config.resid_pdrop)
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    told = parser.parse_args(arguments)
    console = Console()
    try:
        _work(told, console)
    except KitError as error:
        console.print(str(error), style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("stopped; the same command resumes")
        return 130
    return 0


def _command(told: argparse.Namespace) -> str:
    """The command that makes the same model, without this machine's folders."""
    names = ("steps", "seed", "batch", "learning_rate", "vocabulary", "width", "layers", "heads")
    options = (f"--{n.replace('_', '-')} {vars(told)[n]}" for n in (*names, "context", "dropout"))
    return f"python -m pytest_kata.lab.pretrain --out DIR {' '.join(options)}"


def _work(told: argparse.Namespace, console: Console) -> None:
    torch.set_num_threads(told.threads)
    data = read_data(told.vocabulary)
    for name in text.missing():
        console.print(f"without {name}: this Python does not have it", style="yellow")
    sizes: dict[str, Any] = {
        "vocab_size": len(data.tokenizer),
        "n_embd": told.width,
        "n_layer": told.layers,
        "n_head": told.heads,
        "n_positions": told.context,
        "embd_pdrop": told.dropout,
        "resid_pdrop": told.dropout,
    }
    plan = Plan(
        model=Config(**sizes),
        seed=told.seed,
        steps=told.steps,
        batch=told.batch,
        learning_rate=told.learning_rate,
    )
    run = start(plan, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    state = told.state or told.out.parent / STATE
    state.parent.mkdir(parents=True, exist_ok=True)
    if state.exists():
        run.resume(state)
    count = sum(parameter.numel() for parameter in run.model.parameters())
    console.print(
        f"{count:,} parameters, {len(data.ids):,} tokens from {data.size:,} bytes, "
        f"{run.device.type}, from step {run.step}",
        highlight=False,
    )

    def evaluate(model: GPT2) -> float:
        stride = plan.model.n_positions
        return measure.bits_per_byte(model, data.held_out, data.tokenizer, stride=stride)

    pretrain(run, torch.tensor(data.ids), evaluate, state, console)
    finish(told.out, run, data, _command(told))
    console.print(f"written to {told.out}", highlight=False)


if __name__ == "__main__":
    raise SystemExit(main())
