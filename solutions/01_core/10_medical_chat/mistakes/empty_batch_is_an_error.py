"""Takes the longest of no examples, which max refuses.

caught by: test_empty_batches_and_empty_examples
says: max()
"""


def pad_batch(examples: list[Example], pad_id: int) -> tuple[Tensor, Tensor]:
    """Ids and labels of many conversations, (B, T) each, filled up on the right."""
    longest = max((len(ids) for ids, _ in examples))
    ids = torch.full((len(examples), longest), pad_id)
    labels = torch.full_like(ids, IGNORE)
    for row, (some, wanted) in enumerate(examples):
        ids[row, : len(some)] = torch.tensor(some)
        labels[row, : len(some)] = torch.tensor(wanted)
    return ids, labels
