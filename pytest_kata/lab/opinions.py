"""Product reviews without labels, composed from phrases, for pre-training.

A small language model learns what praise and blame look like from many texts in which they keep
together: whoever says that the zip broke goes on to say that the money was wasted. `compose` makes
any number of such texts from two thousand phrases (`data/opinions.jsonl`) written for this kit.
Nothing in them is a label, and none shares a run of seven words with a labelled review.
"""

from __future__ import annotations

import re
from functools import lru_cache
from random import Random

from pytest_kata.lab import datafile, reviews

FILE = "opinions.jsonl"
SIDES = ("bad", "good")
RUN = 7
LISTS = 0.35  # the share of reviews that are lists of catchwords
LENGTHS = (1, 1, 1, 2, 2, 3)  # in sentences
KINDS = (
    *("kitchen", "clothes", "shoes", "gadget", "furniture", "tool", "toy", "beauty", "food"),
    *("travel", "book", "home"),
)
"""Kinds of products: each has names, parts, and things to say that fit no other kind."""


def compose(count: int, seed: int = 0) -> list[str]:
    """`count` reviews, half of them praise on average; the same for the same seed. None is there
    twice."""
    dice, phrases, kept_out = Random(seed), bank(), _labelled_runs()
    found: dict[str, None] = {}
    while len(found) < count:
        review = _Review(dice, phrases).write()
        if kept_out.isdisjoint(runs(review)):
            found[review] = None
    return list(found)


def runs(review: str) -> list[tuple[str, ...]]:
    """Every seven words that follow each other in a text, in small letters."""
    words = re.findall(r"[a-z]+(?:'[a-z]+)?", review.lower())
    return [tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]


@lru_cache(maxsize=1)
def _labelled_runs() -> frozenset[tuple[str, ...]]:
    texts = (review for split in reviews.SPLITS for review, _ in reviews.labelled(split))
    return frozenset(run for review in texts for run in runs(review))


@lru_cache(maxsize=1)
def bank() -> dict[str, list[str]]:
    """The phrases by kind, such as "good endings". Raises KitError."""
    found: dict[str, list[str]] = {}
    for number, record in enumerate(datafile.records(FILE), start=1):
        kind, phrases = record.get("kind"), record.get("phrases")
        if not isinstance(kind, str) or not isinstance(phrases, list) or not phrases:
            raise datafile.broken(FILE, number, "is not a list of phrases")
        found[kind] = phrases
    return found


class _Review:
    """One review: a product, a side that it is on, and the dice that choose the words."""

    def __init__(self, dice: Random, bank: dict[str, list[str]]) -> None:
        self.dice, self.bank = dice, bank
        self.kind = dice.choice(KINDS)
        self.side = dice.choice(SIDES)
        self.product = self.pick(f"{self.kind} names")

    def write(self) -> str:
        sentences = self.listed() if self.chance(LISTS) else self.told()
        return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences)

    def listed(self) -> list[str]:
        """What is good about it, or bad, in catchwords."""
        title = self.dice.choice(("", "", f"{self.product}: ", "in short: "))
        words = self.dice.sample(self.bank[f"{self.side} words"], self.dice.randint(4, 10))
        clauses = [self.clause(self.side, plain=True) for _ in range(self.dice.randint(0, 3))]
        return [title + ", ".join(words + clauses), self.pick(f"{self.side} endings")]

    def told(self) -> list[str]:
        sentences = [self.sentence() for _ in range(self.dice.choice(LENGTHS))]
        if self.chance(0.25):
            place = 0 if self.chance(0.2) else len(sentences)
            sentences.insert(place, self.pick(f"{self.side} verdicts"))
        if self.chance(0.2):
            opening = self.pick("openings").replace("{person}", self.pick("people"))
            sentences.insert(0, _with_article(opening, self.product))
        ending = self.pick(f"{self.side} endings")
        sentences.insert(0 if self.chance(0.5) else len(sentences), ending)
        return sentences

    def sentence(self) -> str:
        """A sentence on the review's side, which may grant the other side something small."""
        form = self.dice.random()
        clause = self.clause(self.side)
        if form < 0.4:
            return clause
        if form < 0.58:
            return f"{clause}, and {self.clause(self.side)}"
        if form < 0.72:
            return self.exclamation()
        if form < 0.78:
            return f"I am {self.pick(f'{self.side} feelings')}, because {clause}"
        granted = self.granted()
        pattern = self.dice.choice(
            (
                "although {granted}, {clause}",
                "{granted}, but {clause}",
                "{granted}, but {clause}",
                "{granted}. Still, {clause}",
                "{granted}. Even so, {clause}",
                "I admit that {granted}, yet {clause}",
                "yes, {granted}. But {clause}",
                "{clause}, even if {granted}",
                "{clause}, although {granted}",
            )
        )
        return pattern.format(granted=granted, clause=clause)

    def granted(self) -> str:
        other = _other(self.side)
        return self.clause(other, plain=True) if self.chance(0.1) else self.pick(f"{other} minor")

    def clause(self, side: str, *, plain: bool = False) -> str:
        """A main clause without a full stop; `plain` ones negate nothing and bring in nobody."""
        form = self.dice.random() * (0.62 if plain else 1.0)
        if form < 0.2:
            return f"the {self.pick(f'{self.kind} parts')} {self.pick(f'{side} part')}"
        if form < 0.3:
            senses = f"{self.kind} senses" if f"{self.kind} senses" in self.bank else "senses"
            return f"the {self.pick(senses)} {self.pick(f'{side} sense')}"
        if form < 0.44:
            return self.pick(f"{self.kind} {side}")
        if form < 0.62:
            words = self.dice.sample(self.bank[f"{side} words"], 3)
            return self.dice.choice(
                (
                    f"it is {words[0]}",
                    f"it is {words[0]} and {words[1]}",
                    f"it is {words[0]}, {words[1]} and {words[2]}",
                    f"it is really {words[0]}",
                    f"it is so {words[0]}",
                    f"it looks {words[0]} and is {words[1]}",
                    f"it feels {words[0]}",
                    f"I find it {words[0]}",
                )
            )
        if form < 0.78:
            return self.pick(f"{side} says")
        if form < 0.82:
            return f"{self.pick_of(('it works', 'it does its job'))} {self.pick(f'{side} adverbs')}"
        if form < 0.9:
            return f"my {self.pick('people')} {self.pick(f'{side} likes')}"
        if form < 0.95:
            feeling = self.pick(f"{side} feelings")
            who = self.pick_of(("I am", "we are", f"my {self.pick('people')} is"))
            return f"{who} {self.pick_of(('', 'very ', 'so ', 'really '))}{feeling}"
        word = self.pick(f"{_other(side)} words")
        return self.pick_of((f"it is not {word} at all", f"it is anything but {word}"))

    def exclamation(self) -> str:
        one, two, three = self.dice.sample(self.bank[f"{self.side} words"], 3)
        return self.dice.choice(
            (
                f"{one} and {two}",
                f"{one}, {two} and {three}",
                f"{_article(one)} {one} {self.product}",
                f"such {_article(one)} {one} {self.product}",
                f"what {_article(one)} {one} {self.product}",
                f"{_article(one)} {one} and {two} {self.product}",
                f"the most {one} thing I have bought in years",
            )
        )

    def pick(self, kind: str) -> str:
        return self.dice.choice(self.bank[kind])

    def pick_of(self, some: tuple[str, ...]) -> str:
        return self.dice.choice(some)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share


def _other(side: str) -> str:
    return SIDES[1 - SIDES.index(side)]


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" and not word.startswith(("use", "uni")) else "a"


def _with_article(opening: str, product: str) -> str:
    """Fills in the product; "a umbrella" becomes "an umbrella"."""
    filled = opening.replace(" a {product}", f" {_article(product)} {{product}}")
    return filled.replace("{product}", product)
