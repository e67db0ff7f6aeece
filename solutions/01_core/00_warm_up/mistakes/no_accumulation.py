"""Leaves accumulation out, so a big effective batch is counted as a small one.

caught by: test_tokens_of_an_accumulated_step
says: looks like accumulation left out
"""


def tokens_per_step(batch_size: int, sequence_length: int, accumulation: int = 1) -> int:
    return batch_size * sequence_length
