"""Counts one token fewer in each sequence, since the last has no next one to predict.

caught by: test_tokens_of_one_batch
says: looks like the last token of each sequence left out
"""


def tokens_per_step(batch_size: int, sequence_length: int, accumulation: int = 1) -> int:
    return batch_size * (sequence_length - 1) * accumulation
