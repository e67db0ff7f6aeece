"""Counts position by position: slow, plain, and right."""


def tokens_per_step(batch_size, sequence_length, accumulation=1):
    tokens = 0
    for _ in range(accumulation):
        for _ in range(batch_size):
            tokens += sequence_length
    return tokens
