"""Short product reviews with sentiment, written for the katas.

The splits are fixed in the file; `data/README.md` says how they were kept apart. Each labelled
review also says which product it is about and how it speaks (its form), so that a model's mistakes
can be looked into.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pytest_kata.catalog import KitError
from pytest_kata.lab import datafile

FILE = "reviews.jsonl"
LABELS = ("negative", "positive")
SPLITS = ("train", "validation", "test")
FORMS = (
    "plain",
    "contrast",
    "negation",
    "mixed",
    "comparison",
    "sarcasm",
    "understatement",
)


@dataclass(frozen=True)
class Review:
    """A labelled review; `label` is an index into LABELS."""

    text: str
    label: int
    product: str
    form: str


def reviews(split: str) -> list[Review]:
    """The labelled reviews of one split, each with its product and form."""
    if split not in SPLITS:
        raise KitError(f"there is no split {split!r} of the reviews; there are {', '.join(SPLITS)}")
    return [
        Review(record["text"], record["label"], record["product"], record["form"])
        for record in _records()
        if record["split"] == split
    ]


def labelled(split: str) -> list[tuple[str, int]]:
    """(text, label) of every review of one split: "train", "validation" or "test"."""
    return [(review.text, review.label) for review in reviews(split)]


def unlabelled() -> list[str]:
    """The texts for pre-training. None of them is in a labelled split."""
    return [record["text"] for record in _records() if record["split"] == "unlabelled"]


def _records() -> list[dict[str, Any]]:
    records = datafile.records(FILE)
    for number, record in enumerate(records, start=1):
        if not _is_whole(record):
            raise datafile.broken(FILE, number, "is not a review")
    return records


def _is_whole(record: dict[str, Any]) -> bool:
    text, product, split = record.get("text"), record.get("product"), record.get("split")
    if not (isinstance(text, str) and text and isinstance(product, str) and product):
        return False
    if split == "unlabelled":
        return True
    label = record.get("label")
    known = split in SPLITS and record.get("form") in FORMS
    return known and type(label) is int and 0 <= label < len(LABELS)
