"""Prints the number instead of handing it back.

caught by: test_tokens_of_one_batch
says: Is a return missing?
"""


def tokens_per_step(batch_size: int, sequence_length: int, accumulation: int = 1) -> int:
    print(batch_size * sequence_length * accumulation)
