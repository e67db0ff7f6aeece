"""Sorts the examples by length; the rows are no longer the caller's.

caught by: test_shorter_examples_are_filled_up_on_the_right
says: examples in another order, by length
"""


def pad_batch(examples: list[Example], pad_id: int) -> tuple[Tensor, Tensor]:
    """Ids and labels of many conversations, (B, T) each, filled up on the right."""
    longest = max((len(ids) for ids, _ in examples), default=0)
    ids = torch.full((len(examples), longest), pad_id)
    labels = torch.full_like(ids, IGNORE)
    for row, (some, wanted) in enumerate(sorted(examples, key=lambda pair: -len(pair[0]))):
        ids[row, : len(some)] = torch.tensor(some)
        labels[row, : len(some)] = torch.tensor(wanted)
    return ids, labels
