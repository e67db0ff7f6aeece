"""What a training step is made of, counted."""

from pytest_kata import checks


def test_tokens_of_one_batch(kata):
    """A step on one batch learns from every position of every sequence in it."""
    got = kata.tokens_per_step(4, 8)
    checks.equal(
        got,
        32,
        "tokens_per_step(batch_size=4, sequence_length=8)",
        looks_like={
            "a sum where a product belongs": 12,
            "one sequence only": 8,
            "the last token of each sequence left out": 28,
            "sequences counted instead of tokens": 4,
            "accumulation added instead of multiplied": 33,
        },
        because="Count them: 4 rows, 8 tokens in each.",
    )


def test_tokens_of_an_accumulated_step(kata):
    """Gradient accumulation adds up the tokens of its batches."""
    got = kata.tokens_per_step(batch_size=3, sequence_length=5, accumulation=7)
    checks.equal(
        got,
        105,
        "tokens_per_step(batch_size=3, sequence_length=5, accumulation=7)",
        looks_like={
            "accumulation left out": 15,
            "accumulation added instead of multiplied": 22,
            "accumulation dividing the batch": 15 // 7,
        },
        because="The optimizer steps once for all 7 batches.",
    )
