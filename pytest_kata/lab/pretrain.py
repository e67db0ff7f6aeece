"""Pre-trains the shipped model: `python -m pytest_kata.lab.pretrain --out DIR`.

The objective is next-token prediction on raw text, nothing else, in two stages. The first is on the
standard library's documentation (see `text.py`) and the unlabelled reviews. The second goes on from
there, with more words in the vocabulary and far more about products in the diet (`opinions.py`), so
that the model learns what praise and blame look like; some documentation stays in every batch, so
that the first stage is not forgotten. `--start DIR` takes the first stage from a checkpoint.

Each stage is seeded and can be stopped: see `training.py`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from torch import Tensor

from pytest_kata.catalog import KitError
from pytest_kata.lab import card, measure, opinions, reviews, text
from pytest_kata.lab.card import Stage
from pytest_kata.lab.checkpoint import (
    load_checkpoint,
    load_tokenizer,
    save_checkpoint,
    write_hashes,
)
from pytest_kata.lab.model import GPT2, Config
from pytest_kata.lab.plot import svg
from pytest_kata.lab.tokenizer import Tokenizer
from pytest_kata.lab.tokenizer import train as train_tokenizer
from pytest_kata.lab.training import Plan, Run, start, train

STATE = "pretraining.pt"
FIRST = "first_stage"
RECORD = "training.json"
VOCABULARY = (2048, 4096)  # of the two stages
COMPOSED = 12_000  # reviews for the second stage
LONGEST_SHORT = 96  # tokens of a short text that are read

FIRST_PLAN = Plan()
SECOND = Plan(steps=2500, batch=2, short=32, warm_up=100)


@dataclass(frozen=True)
class Data:
    """What a stage is trained on, and what is held out."""

    documents: list[str]
    reviews: list[str]
    held_out: list[str]
    tokenizer: Tokenizer
    ids: list[int]  # the stream that windows are taken from
    short: list[Tensor]  # the texts that are read whole

    def bytes_per_token(self, plan: Plan) -> float:
        """Of an average batch."""
        whole = self.documents if self.short else self.documents + self.reviews
        length = sum(len(said.encode()) for said in whole) / len(self.ids)
        tokens = plan.batch * plan.model.n_positions
        size = tokens * length
        if self.short:
            tokens += plan.short * sum(map(len, self.short)) // len(self.short)
            size += plan.short * sum(len(t.encode()) for t in self.reviews) / len(self.reviews)
        return size / tokens


def read_data(vocabulary: int) -> Data:
    """The first stage: the corpus and the unlabelled reviews in one stream, and a tokenizer of
    that size learned from them."""
    documents, unlabelled = text.corpus("train"), reviews.unlabelled()
    tokenizer = train_tokenizer(documents + unlabelled, vocabulary)
    ids = measure.token_stream(documents + unlabelled, tokenizer)
    return Data(documents, unlabelled, text.corpus("validation"), tokenizer, ids, [])


def read_more(start: Tokenizer, vocabulary: int) -> Data:
    """The second stage: the corpus as the stream; the reviews and composed ones as short texts.
    The tokenizer is `start` with more merges, learned from the reviews."""
    documents, told = text.corpus("train"), reviews.unlabelled() + opinions.compose(COMPOSED)
    tokenizer = train_tokenizer(told, vocabulary, start=start)
    end = tokenizer.end_of_text
    short = [torch.tensor([end, *tokenizer.encode(t)[:LONGEST_SHORT], end]) for t in told]
    ids = measure.token_stream(documents, tokenizer)
    return Data(documents, told, text.corpus("validation"), tokenizer, ids, short)


@torch.no_grad()
def widened(model: GPT2, before: Tokenizer, after: Tokenizer) -> GPT2:
    """The model with a vocabulary of `after`: a new token starts as the mean of its old ones."""
    wider = GPT2(replace(model.config, vocab_size=len(after)))
    state = model.state_dict()
    old = state["transformer.wte.weight"]
    rows = [old]
    for number in range(len(old), len(after)):
        parts = before.encode(after.decode([number]))
        rows.append(old[parts].mean(dim=0, keepdim=True))
    state["transformer.wte.weight"] = state["lm_head.weight"] = torch.cat(rows)
    wider.load_state_dict(state)
    return wider


def stage(run: Run, data: Data) -> Stage:
    """What is remembered of a run."""
    plan = run.plan
    bits = 1 / data.bytes_per_token(plan) / math.log(2)
    tokens = plan.batch * plan.model.n_positions
    if data.short:
        tokens += plan.short * sum(map(len, data.short)) // len(data.short)
    return Stage(
        documents=len(data.documents),
        reviews=len(data.reviews),
        size=sum(len(said.encode()) for said in data.documents + data.reviews),
        steps=run.step,
        tokens=run.step * tokens,
        cpu_minutes=run.cpu_seconds / 60,
        device="on a GPU" if run.device.type == "cuda" else "on the CPU",
        training=[(step, round(loss * bits, 4)) for step, loss in _means(run.losses)],
        held_out=[(step, round(level, 4)) for step, level in run.held_out],
    )


def write(out: Path, run: Run, data: Data, stages: list[Stage]) -> None:
    """Writes a checkpoint that another stage can start from."""
    save_checkpoint(out, run.model, data.tokenizer, dtype=torch.float16)
    content = json.dumps([asdict(stage) for stage in stages])
    (out / RECORD).write_text(content + "\n", encoding="utf-8", newline="\n")


def read_stages(directory: Path) -> list[Stage]:
    """How a checkpoint was trained. Raises KitError when it does not say so."""
    path = directory / RECORD
    try:
        return [Stage(**content) for content in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        raise KitError(f"{RECORD} is missing", where=str(directory)) from None
    except (OSError, TypeError, ValueError):
        raise KitError("this is no record of a pre-training", where=str(path)) from None


def finish(out: Path, run: Run, data: Data, stages: list[Stage], command: str) -> None:
    """Writes the checkpoint, the plot, the model card and the hashes; measures what was written."""
    write(out, run, data, stages)
    written = load_checkpoint(out)
    bits = measure.bits_per_byte(written, data.held_out, data.tokenizer)
    others = measure.baselines(data.documents + data.reviews, data.held_out, data.tokenizer)
    primed = {name: level for name, level in others.items() if name.startswith("xz")}
    curves = {"training": _joined(stages, "training"), "held out": _joined(stages, "held_out")}
    picture = svg("Pre-training", "step", "bits per byte", curves, primed)
    (out / "loss.svg").write_text(picture, encoding="utf-8", newline="\n")
    facts = card.Facts(
        model=written,
        command=command,
        stages=stages,
        held_out_documents=len(data.held_out),
        held_out_size=sum(len(text.encode()) for text in data.held_out),
        bits=bits,
        others=others,
        samples=card.samples(written, data.tokenizer),
    )
    (out / "MODEL_CARD.md").write_text(card.write(facts), encoding="utf-8", newline="\n")
    write_hashes(out)


def _joined(stages: list[Stage], name: str) -> list[tuple[int, float]]:
    """The curves of all stages, one behind the other."""
    curve, before = [], 0
    for stage in stages:
        curve += [(before + step, level) for step, level in getattr(stage, name)]
        before += stage.steps
    return curve


def _means(losses: list[float], window: int = 50) -> list[tuple[int, float]]:
    spans = range(window, len(losses) + 1, window)
    return [(end, sum(losses[end - window : end]) / window) for end in spans] or [(1, losses[0])]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m pytest_kata.lab.pretrain",
        description="Pre-train the model of the lab, or resume a run that was stopped.",
    )
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder for the checkpoint")
    add("--start", type=Path, help=f"a checkpoint with the first stage done (OUT/../{FIRST})")
    add("--steps", type=int, default=FIRST_PLAN.steps, help="of the first stage")
    add("--more-steps", type=int, default=SECOND.steps, help="of the second stage")
    add("--seed", type=int, default=Plan.seed)
    add("--batch", type=int, default=FIRST_PLAN.batch, help="sequences, in the first stage")
    add("--learning-rate", type=float, default=Plan.learning_rate)
    add("--vocabulary", type=int, default=VOCABULARY[0], help="tokens, in the first stage")
    add("--more-vocabulary", type=int, default=VOCABULARY[1], help="tokens, in the second stage")
    add("--width", type=int, default=Config.n_embd)
    add("--layers", type=int, default=Config.n_layer)
    add("--heads", type=int, default=Config.n_head)
    add("--context", type=int, default=Config.n_positions, help="tokens")
    add("--dropout", type=float, default=Config.resid_pdrop)
    add("--threads", type=int, default=min(2, os.cpu_count() or 1))
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
    left_out = ("out", "start", "threads")
    options = (f"--{n.replace('_', '-')} {v}" for n, v in vars(told).items() if n not in left_out)
    return f"python -m pytest_kata.lab.pretrain --out DIR {' '.join(options)}"


def _work(told: argparse.Namespace, console: Console) -> None:
    torch.set_num_threads(told.threads)
    for name in text.missing():
        console.print(f"without {name}: this Python does not have it", style="yellow")
    told.out.parent.mkdir(parents=True, exist_ok=True)
    first = told.start or told.out.parent / FIRST
    if told.start is None:
        data = read_data(told.vocabulary)
        sizes: dict[str, Any] = {
            "vocab_size": len(data.tokenizer),
            "n_embd": told.width,
            "n_layer": told.layers,
            "n_head": told.heads,
            "n_positions": told.context,
            "embd_pdrop": told.dropout,
            "resid_pdrop": told.dropout,
        }
        plan = replace(FIRST_PLAN, model=Config(**sizes), steps=told.steps, batch=told.batch)
        run = _stage(told, console, plan, data, None, "first")
        write(first, run, data, [stage(run, data)])
    before, stages = load_tokenizer(first), read_stages(first)
    data = read_more(before, told.more_vocabulary)
    model = widened(load_checkpoint(first), before, data.tokenizer)
    plan = replace(SECOND, model=model.config, steps=told.more_steps)
    run = _stage(told, console, plan, data, model, "second")
    finish(told.out, run, data, [*stages, stage(run, data)], _command(told))
    console.print(f"written to {told.out}", highlight=False)


def _stage(
    told: argparse.Namespace,
    console: Console,
    plan: Plan,
    data: Data,
    model: GPT2 | None,
    name: str,
) -> Run:
    """Trains to the end of a stage, from where it was stopped if it was."""
    plan = replace(plan, seed=told.seed, learning_rate=told.learning_rate)
    run = start(plan, torch.device("cuda" if torch.cuda.is_available() else "cpu"), model)
    state = told.out.parent / f"{name}_{STATE}"
    if state.exists():
        run.resume(state)
    count = sum(parameter.numel() for parameter in run.model.parameters())
    console.print(
        f"{name} stage: {count:,} parameters, {len(data.ids):,} tokens of running text, "
        f"{sum(map(len, data.short)):,} of reviews read whole, {run.device.type}, "
        f"from step {run.step}",
        highlight=False,
    )

    def evaluate(model: GPT2) -> float:
        stride = plan.model.n_positions
        return measure.bits_per_byte(model, data.held_out, data.tokenizer, stride=stride)

    train(run, torch.tensor(data.ids), evaluate, state, console, data.short)
    return run


if __name__ == "__main__":
    raise SystemExit(main())
