"""Makes a tensor of empty lists, which has one dimension and is float32.

caught by: test_empty_batches_and_empty_examples
says: of no examples has shape (0,), expected (0, 0)
"""


def pad_batch(examples: list[Example], pad_id: int) -> tuple[Tensor, Tensor]:
    """Ids and labels of many conversations, (B, T) each, filled up on the right."""
    longest = max((len(ids) for ids, _ in examples), default=0)
    ids = [some + [pad_id] * (longest - len(some)) for some, _ in examples]
    labels = [wanted + [IGNORE] * (longest - len(wanted)) for _, wanted in examples]
    return torch.tensor(ids), torch.tensor(labels)
