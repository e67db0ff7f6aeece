"""Divides by accumulation, as if it split one batch instead of adding several up.

caught by: test_tokens_of_an_accumulated_step
says: looks like accumulation dividing the batch
"""


def tokens_per_step(batch_size: int, sequence_length: int, accumulation: int = 1) -> int:
    return batch_size * sequence_length // accumulation
