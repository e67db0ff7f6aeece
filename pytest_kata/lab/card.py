"""The model card: what the shipped model was trained on, what it reached, what it is good for."""

from __future__ import annotations

import platform
from dataclasses import dataclass

import torch

from pytest_kata.lab.model import GPT2
from pytest_kata.lab.tokenizer import Tokenizer

PROMPTS = ("Return the", "This function", "The value of the", "I bought this")


@dataclass(frozen=True)
class Facts:
    """Measured figures of one run. Sizes are UTF-8 bytes; `bits` and `others` bits per byte."""

    model: GPT2
    command: str
    documents: int
    reviews: int
    size: int
    tokens: int
    held_out_documents: int
    held_out_size: int
    steps: int
    seen: int  # tokens
    cpu_minutes: float
    device: str
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
    return f"""# The lab's language model

A small GPT-2 in the layout of Hugging Face, pre-trained for pytest-kata by next-token prediction
on raw text, with no task in mind. It is a starting point for fine-tuning exercises, and nothing to
rely on for facts.

| | |
|---|---|
| model | {count:,} parameters |
| layers | {config.n_layer} of width {config.n_embd}, with {config.n_head} heads |
| context | {config.n_positions} tokens |
| tokenizer | byte-level BPE, {config.vocab_size} tokens; `<|endoftext|>` stands between texts |
| stored as | float16 |
| trained | {facts.steps:,} steps, {facts.seen:,} tokens, {facts.seen / facts.tokens:.1f} passes |
| took | {facts.cpu_minutes:.0f} minutes of processor time, {facts.device} |
| again | `{facts.command}` |

## Data

{facts.size:,} bytes, {facts.tokens:,} tokens: {facts.documents} documents, the documentation topics
and docstrings of Python {platform.python_version()}'s standard library, read where Python is
installed, and {facts.reviews} unlabelled product reviews written for this kit. Left out are the
packages of the labelled task (see `pytest_kata/lab/text.py`) and everything held out.

## Measured

Bits per byte on {facts.held_out_documents} held-out documents of the library,
{facts.held_out_size:,} bytes. No paragraph of them is in the training text, near-duplicates
included. The model was measured as stored, in windows that overlap by half.

| | bits per byte |
|---|---|
{table}

![Loss while training](loss.svg)

## What it writes

Drawn at temperature 0.7, the first try of each:

{written}

## Good and bad at

Good at the vocabulary, the set phrases and the grammar of technical English: that helps a
classifier of such texts with few labels. Bad at facts, at arithmetic, at anything beyond a sentence
or two, at languages other than English, and at everyday topics. It knows nothing of medicine. What
it writes is no documentation of Python.
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
