"""The model card: what the shipped model was trained on, what it reached, what it is good for."""

from __future__ import annotations

import platform
from dataclasses import dataclass

import torch

from pytest_kata.lab.model import GPT2
from pytest_kata.lab.tokenizer import Tokenizer

PROMPTS = ("Return the", "This function", "The value of the", "<|endoftext|>I bought this")


@dataclass(frozen=True)
class Stage:
    """One stage of pre-training. `size` is in UTF-8 bytes; curves are (step, bits per byte)."""

    documents: int
    reviews: int
    size: int
    steps: int
    tokens: int  # seen
    cpu_minutes: float
    device: str
    training: list[tuple[int, float]]
    held_out: list[tuple[int, float]]


@dataclass(frozen=True)
class Facts:
    """Measured figures of a model; `bits` and `others` are bits per byte."""

    model: GPT2
    command: str
    stages: list[Stage]
    held_out_documents: int
    held_out_size: int
    bits: float
    others: dict[str, float]
    samples: dict[str, str]


def write(facts: Facts) -> str:
    """The card, in Markdown."""
    config = facts.model.config
    count = sum(parameter.numel() for parameter in facts.model.parameters())
    rows = sorted([*facts.others.items(), ("**this model**", facts.bits)], key=lambda r: -r[1])
    table = "\n".join(f"| {name} | {bits:.3f} |" for name, bits in rows)
    written = "\n\n".join(
        f"```text\n{prompt}⟶{said}\n```" for prompt, said in facts.samples.items()
    )
    stages = "\n".join(
        f"| {n} | {s.documents} | {s.reviews:,} | {s.size:,} | {s.steps:,} | {s.tokens:,} "
        f"| {s.cpu_minutes:.0f}, {s.device} | {s.held_out[-1][1]:.3f} |"
        for n, s in enumerate(facts.stages, start=1)
    )
    return f"""# The lab's language model

A small GPT-2 in the layout of Hugging Face, pre-trained for pytest-kata by next-token prediction
on raw text, without labels. It is a starting point for fine-tuning exercises, and nothing to
rely on for facts.

| | |
|---|---|
| model | {count:,} parameters |
| layers | {config.n_layer} of width {config.n_embd}, with {config.n_head} heads |
| context | {config.n_positions} tokens |
| tokenizer | byte-level BPE, {config.vocab_size} tokens; `<|endoftext|>` stands between texts |
| stored as | float16 |
| again | `{facts.command}` |

## Data

| stage | documents | reviews | bytes | steps | tokens seen | processor minutes | held out |
|---|---|---|---|---|---|---|---|
{stages}

The documents are the documentation topics and docstrings of Python
{platform.python_version()}'s standard library, read where Python is installed, without the packages
of the labelled task (see `pytest_kata/lab/text.py`) and without everything held out. The reviews
were written for this kit: the unlabelled ones of `pytest_kata/lab/data/reviews.jsonl`, and in the
second stage composed ones too (see `pytest_kata/lab/opinions.py`), which have no labels, but which
say in so many words whether the writer would buy the thing again. The second stage starts from the
weights of the first as they are stored, and has more words in its vocabulary, taken from the
reviews. "held out" is bits per byte as below, in windows that do not overlap.

## Measured

Bits per byte on {facts.held_out_documents} held-out documents of the library,
{facts.held_out_size:,} bytes. No paragraph of them is in the training text, near-duplicates
included. The model was measured as stored, in windows that overlap by half.

| | bits per byte |
|---|---|
{table}

![Loss while training](loss.svg)

The training curve falls in the second stage, because composed reviews are easy to foresee.

## What it writes

Drawn at temperature 0.7, the first try of each. After `<|endoftext|>` it expects a review, which is
what it read there most:

{written}

## Good and bad at

Good at the vocabulary, the set phrases and the grammar of technical English, and at telling praise
from blame in plain words about things that people buy: that helps a classifier of such texts with
few labels. Bad at facts, at arithmetic, at anything beyond a sentence or two, at irony and
understatement, at languages other than English, and at everyday topics. It knows nothing of
medicine. What it writes is no documentation of Python. How much pre-training helps is measured by
`tests/benchmarks/pretraining.py`.
"""


def samples(model: GPT2, tokenizer: Tokenizer, tokens: int = 60, seed: int = 0) -> dict[str, str]:
    """What the model makes of each of PROMPTS, `tokens` more at temperature 0.7, on the CPU."""
    generator = torch.Generator().manual_seed(seed)
    said = {}
    for prompt in PROMPTS:
        ids = torch.tensor([tokenizer.encode(prompt)])
        longer = model.generate(ids, tokens, temperature=0.7, generator=generator)
        said[prompt] = tokenizer.decode(longer[0, ids.shape[1] :].tolist())
    return said
