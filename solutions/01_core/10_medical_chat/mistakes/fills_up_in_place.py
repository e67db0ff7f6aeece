"""Fills up the caller's lists: in the next batch their pads are real.

caught by: test_examples_are_left_as_they_are
says: lists filled up in place
"""


def pad_batch(examples: list[Example], pad_id: int) -> tuple[Tensor, Tensor]:
    """Ids and labels of many conversations, (B, T) each, filled up on the right."""
    longest = max((len(ids) for ids, _ in examples), default=0)
    for ids, labels in examples:
        labels += [IGNORE] * (longest - len(ids))
        ids += [pad_id] * (longest - len(ids))
    shape = (len(examples), longest)
    return (
        torch.tensor([ids for ids, _ in examples], dtype=torch.int64).view(shape),
        torch.tensor([labels for _, labels in examples], dtype=torch.int64).view(shape),
    )
