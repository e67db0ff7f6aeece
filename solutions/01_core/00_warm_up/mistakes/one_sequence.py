"""Counts the tokens of one sequence and forgets the rest of the batch.

caught by: test_tokens_of_one_batch
says: looks like one sequence only
"""


def tokens_per_step(batch_size: int, sequence_length: int, accumulation: int = 1) -> int:
    return sequence_length * accumulation
