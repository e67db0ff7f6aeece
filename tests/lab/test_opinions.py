"""Composed reviews for pre-training: sound texts without labels, apart from the labelled ones."""

import re

import pytest

from pytest_kata.catalog import KitError
from pytest_kata.lab import datafile, opinions, reviews

MANY = opinions.compose(3000, seed=1)


def test_the_same_for_the_same_seed():
    assert opinions.compose(50, seed=1) == MANY[:50]
    assert opinions.compose(50, seed=2) != MANY[:50]


def test_none_is_there_twice():
    assert len(set(MANY)) == len(MANY)


def test_they_are_plain_sentences():
    for said in MANY:
        assert re.fullmatch(r"[A-Z][A-Za-zé ,.:'-]*\.", said), said
        assert not re.search(r"  | [,.:]|[,.:]{2}|[{}]", said), said
        assert not re.search(r"\ba [aeio]\w", said), said
        assert all(sentence[0].isupper() for sentence in said.split(". ")), said


def test_no_run_of_seven_words_is_in_a_labelled_review():
    composed = {run for said in MANY for run in opinions.runs(said)}
    for split in reviews.SPLITS:
        for said, _ in reviews.labelled(split):
            assert composed.isdisjoint(opinions.runs(said)), said


def test_half_of_them_are_praise_and_each_says_so_once():
    good, bad = (
        sum(
            any(said.startswith(f"{e}.") or said.endswith(f"{e}.") for e in opinions.bank()[kind])
            for said in MANY
        )
        for kind in ("good endings", "bad endings")
    )
    assert good == pytest.approx(len(MANY) / 2, rel=0.1)
    assert bad == pytest.approx(len(MANY) / 2, rel=0.1)


def test_a_line_that_is_no_list_of_phrases_is_named(monkeypatch, tmp_path):
    (tmp_path / opinions.FILE).write_text('{"kind": "people", "phrases": []}\n')
    monkeypatch.setattr(datafile, "folder", lambda: tmp_path)
    opinions.bank.cache_clear()
    with pytest.raises(KitError, match=r"opinions\.jsonl:1: this line is not a list of phrases"):
        opinions.compose(1)
    opinions.bank.cache_clear()
