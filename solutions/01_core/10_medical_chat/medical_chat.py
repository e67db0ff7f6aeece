"""Reference solution: ids and labels grow side by side, and are cut and filled up together."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pytest_kata.lab.conversations import Turn
from pytest_kata.lab.tokenizer import Tokenizer

MARKS = {"patient": "Patient:\n", "assistant": "Assistant:\n"}
IGNORE = -100

Example = tuple[list[int], list[int]]


def chat_example(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> Example:
    """Ids and labels of one conversation; only what the assistant says is scored."""
    ids: list[int] = []
    labels: list[int] = []
    for turn in turns:
        mark = tokenizer.encode(MARKS[turn.role])
        said = [*tokenizer.encode(turn.text), tokenizer.end_of_text]
        ids += mark + said
        labels += [IGNORE] * len(mark)
        labels += said if turn.role == "assistant" else [IGNORE] * len(said)
    return ids[-max_length:], labels[-max_length:]


def chat_prompt(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> list[int]:
    """The ids after which the assistant's next words come."""
    ids, _ = chat_example(turns, tokenizer, max_length)
    return (ids + tokenizer.encode(MARKS["assistant"]))[-max_length:]


def pad_batch(examples: list[Example], pad_id: int) -> tuple[Tensor, Tensor]:
    """Ids and labels of many conversations, (B, T) each, filled up on the right."""
    longest = max((len(ids) for ids, _ in examples), default=0)
    ids = torch.full((len(examples), longest), pad_id)
    labels = torch.full_like(ids, IGNORE)
    for row, (some, wanted) in enumerate(examples):
        ids[row, : len(some)] = torch.tensor(some)
        labels[row, : len(some)] = torch.tensor(wanted)
    return ids, labels
