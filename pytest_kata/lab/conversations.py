"""Short medical conversations, and held-out questions on what they teach.

Teaching data for training small models: general information in simple words, and not medical
advice. The wrong choices of the questions are wrong on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pytest_kata.catalog import KitError
from pytest_kata.lab import datafile

FILE = "conversations.jsonl"
SPLITS = ("train", "validation")
ROLES = ("patient", "assistant")


@dataclass(frozen=True)
class Turn:
    """What one side says; `role` is one of ROLES."""

    role: str
    text: str


@dataclass(frozen=True)
class Conversation:
    """Turns on one topic: the patient begins, the assistant has the last word."""

    topic: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Question:
    """A patient's question with four choices; `answer` is the index of the right one."""

    topic: str
    prompt: str
    choices: tuple[str, ...]
    answer: int

    @property
    def right(self) -> str:
        return self.choices[self.answer]


def conversations(split: str) -> list[Conversation]:
    """The conversations of one split, "train" or "validation"; both have every topic."""
    if split not in SPLITS:
        raise KitError(
            f"there is no split {split!r} of the conversations; there are {', '.join(SPLITS)}"
        )
    return [
        Conversation(
            record["topic"], tuple(Turn(turn["role"], turn["text"]) for turn in record["turns"])
        )
        for record in _records()
        if record["kind"] == "conversation" and record["split"] == split
    ]


def questions() -> list[Question]:
    """The held-out questions. The train split teaches what each of them needs, in other words."""
    return [
        Question(record["topic"], record["prompt"], tuple(record["choices"]), record["answer"])
        for record in _records()
        if record["kind"] == "question"
    ]


def about() -> str:
    """What the data is, and what it is not."""
    return "\n".join(record["text"] for record in _records() if record["kind"] == "about")


def _records() -> list[dict[str, Any]]:
    records = datafile.records(FILE)
    for number, record in enumerate(records, start=1):
        if not _is_whole(record):
            raise datafile.broken(FILE, number, "is not a conversation, question or note")
    return records


def _is_whole(record: dict[str, Any]) -> bool:
    kind = record.get("kind")
    if kind == "about":
        return _text(record.get("text"))
    if not _text(record.get("topic")):
        return False
    if kind == "conversation":
        turns = record.get("turns")
        return record.get("split") in SPLITS and isinstance(turns, list) and _is_dialogue(turns)
    if kind == "question":
        choices, answer = record.get("choices"), record.get("answer")
        return (
            _text(record.get("prompt"))
            and isinstance(choices, list)
            and len(choices) == 4
            and all(_text(choice) for choice in choices)
            and type(answer) is int
            and 0 <= answer < 4
        )
    return False


def _is_dialogue(turns: list[Any]) -> bool:
    """Patient and assistant in turn, the assistant last."""
    return (
        len(turns) > 0
        and len(turns) % 2 == 0
        and all(
            isinstance(turn, dict)
            and turn.get("role") == ROLES[place % 2]
            and _text(turn.get("text"))
            for place, turn in enumerate(turns)
        )
    )


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
