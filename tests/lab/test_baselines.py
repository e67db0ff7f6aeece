"""The contenders that know no language beforehand: each learns, is seeded, and is not lamed."""

import random

import pytest

from pytest_kata.lab import reviews
from pytest_kata.lab.baselines import Clustering, LinearModel, RandomForest, words

KINDS = (LinearModel, RandomForest, Clustering)
GOOD = [f"I love it, it is a good {thing}." for thing in ("cup", "hat", "book", "lamp", "toy")]
BAD = [f"We hate that, what bad {thing}s!" for thing in ("cup", "hat", "book", "lamp", "toy")]


def right(model, examples):
    texts, labels = zip(*examples, strict=True)
    hits = sum(a == b for a, b in zip(model.predict(texts), labels, strict=True))
    return hits / len(examples)


def test_words_are_in_small_letters_and_keep_their_apostrophe():
    assert words("It isn't GOOD, no: 3 of 5!") == ["it", "isn't", "good", "no", "of"]


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_what_can_be_learned(kind):
    model = kind().fit(BAD[:4] + GOOD[:4], [0] * 4 + [1] * 4)
    assert model.predict([GOOD[4], BAD[4], GOOD[4]]) == [1, 0, 1]
    swapped = kind().fit(BAD[:4] + GOOD[:4], [1] * 4 + [0] * 4)
    assert swapped.predict([GOOD[4], BAD[4]]) == [0, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_words_and_a_single_class_do_no_harm(kind):
    model = kind().fit(GOOD, [1] * len(GOOD))
    assert model.predict(["", "Zzz.", GOOD[0]])[-1] == 1
    assert set(model.predict(["", "Zzz."])) <= {0, 1}


@pytest.mark.parametrize("kind", [RandomForest, Clustering])
def test_seeded(kind):
    texts, labels = zip(*reviews.labelled("train")[:60], strict=True)
    others = [text for text, _ in reviews.labelled("validation")]
    one, again, other = (kind(seed).fit(texts, labels).predict(others) for seed in (1, 1, 2))
    assert one == again
    assert one != other


@pytest.mark.parametrize(
    ("kind", "low", "high"), [(LinearModel, 0.62, 0.8), (RandomForest, 0.58, 0.8)]
)
def test_on_many_reviews_it_is_well_above_chance(kind, low, high):
    texts, labels = zip(*reviews.labelled("train"), strict=True)
    assert low <= right(kind().fit(texts, labels), reviews.labelled("test")) <= high


def test_a_linear_model_is_at_its_minimum():
    examples = random.Random(0).sample(reviews.labelled("train"), 40)
    texts, labels = zip(*examples, strict=True)
    few, many = (LinearModel(steps=steps).fit(texts, labels).weights for steps in (12, 40))
    assert abs(few - many).max() < 1e-6
