"""Adds the batch size and the sequence length instead of multiplying them.

caught by: test_tokens_of_one_batch
says: looks like a sum where a product belongs
"""


def tokens_per_step(batch_size: int, sequence_length: int, accumulation: int = 1) -> int:
    return batch_size + sequence_length * accumulation
