"""Adds the number of accumulated batches instead of multiplying by it.

caught by: test_tokens_of_one_batch
says: looks like accumulation added instead of multiplied
"""


def tokens_per_step(batch_size: int, sequence_length: int, accumulation: int = 1) -> int:
    return batch_size * sequence_length + accumulation
