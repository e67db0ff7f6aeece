"""Classifiers of short texts that know no language before they see the labels.

    model = RandomForest(seed=0).fit(texts, labels)
    model.predict(held_out)

Three contenders for a pretrained model, none of them made to lose: a linear model, a random forest
and a clustering, each in its usual form with its usual settings, on the words that occur in the
texts. Labels are 0 or 1. Seeded: the same call gives the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]  # a row a text, a column a word
Labels = NDArray[np.int64]


def words(text: str) -> list[str]:
    """The words of a text in small letters; "isn't" is one."""
    return re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower())


class Words:
    """Which words occur in a text: 1 or 0, a column for each word of the texts to learn from."""

    def __init__(self, texts: Sequence[str]) -> None:
        known = sorted({word for text in texts for word in words(text)})
        self.columns = {word: column for column, word in enumerate(known)}

    def table(self, texts: Sequence[str]) -> Table:
        found = np.zeros((len(texts), len(self.columns)))
        for row, text in enumerate(texts):
            found[row, [self.columns[w] for w in words(text) if w in self.columns]] = 1
        return found


class LinearModel:
    """Logistic regression with a ridge penalty, by Newton's method in the space of the texts."""

    def __init__(self, seed: int = 0, *, decay: float = 0.1, steps: int = 12) -> None:
        self.decay, self.steps = decay, steps  # nothing is drawn: the seed has no effect

    def fit(self, texts: Sequence[str], labels: Sequence[int]) -> LinearModel:
        self.words = Words(texts)
        rows, y = self.words.table(texts), np.asarray(labels)
        rows = np.hstack([rows, np.ones((len(rows), 1))])
        kernel = rows @ rows.T
        at = np.zeros(len(rows))  # the weights are rows.T @ at
        for _ in range(self.steps):
            share = 1 / (1 + np.exp(-kernel @ at))
            spread = share * (1 - share) + 1e-9
            aim = kernel @ at + (y - share) / spread
            at = np.linalg.solve(kernel + np.diag(self.decay / spread), aim)
        self.weights = rows.T @ at
        return self

    def predict(self, texts: Sequence[str]) -> list[int]:
        scores = self.words.table(texts) @ self.weights[:-1] + self.weights[-1]
        chosen: list[int] = (scores > 0).astype(int).tolist()
        return chosen


class RandomForest:
    """Trees on bootstrap samples, each split the best of some words drawn at random (Breiman 2001,
    "Random Forests"); the trees' shares are averaged."""

    def __init__(self, seed: int = 0, *, trees: int = 60) -> None:
        self.seed, self.trees = seed, trees

    def fit(self, texts: Sequence[str], labels: Sequence[int]) -> RandomForest:
        self.words = Words(texts)
        rows, y = self.words.table(texts) > 0, np.asarray(labels)
        dice = np.random.default_rng(self.seed)
        self.grown = []
        for _ in range(self.trees):
            drawn = dice.integers(len(y), size=len(y))
            self.grown.append(_grow(rows[drawn], y[drawn], dice))
        return self

    def predict(self, texts: Sequence[str]) -> list[int]:
        rows = self.words.table(texts) > 0
        shares = [sum(_share(tree, row) for tree in self.grown) for row in rows]
        return [int(share > self.trees / 2) for share in shares]


def _grow(rows: NDArray[np.bool_], y: Labels, dice: np.random.Generator) -> Any:
    """A tree: the share of label 1 at a leaf, or a column and the trees without and with it."""
    share = float(y.mean())
    varied = np.flatnonzero(rows.any(axis=0) & ~rows.all(axis=0))
    if share in (0.0, 1.0) or not len(varied):
        return share
    some = dice.choice(varied, min(len(varied), int(np.sqrt(rows.shape[1])) + 1), replace=False)
    held = rows[:, some]
    counts, ones = held.sum(axis=0), y @ held
    with_it = 2 * ones * (counts - ones) / counts  # Gini impurity, times the number of rows
    others, rest = len(y) - counts, y.sum() - ones
    column = some[np.argmin(with_it + 2 * rest * (others - rest) / others)]
    has = rows[:, column]
    return column, _grow(rows[~has], y[~has], dice), _grow(rows[has], y[has], dice)


def _share(tree: Any, row: NDArray[np.bool_]) -> float:
    while isinstance(tree, tuple):
        tree = tree[2 if row[tree[0]] else 1]
    return float(tree)


class Clustering:
    """k-means on TF-IDF vectors (Lloyd 1982); a text gets the label that most texts of the nearest
    cluster have. The labels take no part in the clustering, as is its nature."""

    def __init__(self, seed: int = 0, *, clusters: int = 6, starts: int = 8) -> None:
        self.seed, self.clusters, self.starts = seed, clusters, starts

    def fit(self, texts: Sequence[str], labels: Sequence[int]) -> Clustering:
        self.words = Words(texts)
        table, y = self.words.table(texts), np.asarray(labels)
        self.rarity = np.log((1 + len(table)) / (1 + table.sum(axis=0))) + 1
        rows, dice = self._weighed(table), np.random.default_rng(self.seed)
        found = [self._cluster(rows, dice) for _ in range(self.starts)]
        _, self.centres = min(found, key=lambda pair: pair[0])
        nearest = _nearest(rows, self.centres)
        self.labels = [
            int(y[nearest == n].mean() > 0.5) if (nearest == n).any() else int(y.mean() > 0.5)
            for n in range(len(self.centres))
        ]
        return self

    def predict(self, texts: Sequence[str]) -> list[int]:
        rows = self._weighed(self.words.table(texts))
        return [self.labels[n] for n in _nearest(rows, self.centres)]

    def _weighed(self, table: Table) -> Table:
        rows = table * self.rarity
        found: Table = rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-12)
        return found

    def _cluster(self, rows: Table, dice: np.random.Generator) -> tuple[float, Table]:
        """The squared distances that are left, and the centres."""
        centres = rows[dice.choice(len(rows), min(self.clusters, len(rows)), replace=False)]
        for _ in range(10):
            nearest = _nearest(rows, centres)
            for n in range(len(centres)):
                if (nearest == n).any():
                    centres[n] = rows[nearest == n].mean(axis=0)
        return float(((rows - centres[_nearest(rows, centres)]) ** 2).sum()), centres


def _nearest(rows: Table, centres: Table) -> NDArray[np.intp]:
    away = np.square(centres).sum(axis=1) - 2 * rows @ centres.T
    found: NDArray[np.intp] = away.argmin(axis=1)
    return found
