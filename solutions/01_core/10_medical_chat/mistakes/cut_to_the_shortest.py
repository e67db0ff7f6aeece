"""Cuts all to the shortest, which loses the answers of the long ones.

caught by: test_shorter_examples_are_filled_up_on_the_right
says: all cut to the shortest
"""


def pad_batch(examples: list[Example], pad_id: int) -> tuple[Tensor, Tensor]:
    """Ids and labels of many conversations, (B, T) each, filled up on the right."""
    longest = min((len(ids) for ids, _ in examples), default=0)
    ids = torch.full((len(examples), longest), pad_id)
    labels = torch.full_like(ids, IGNORE)
    for row, (some, wanted) in enumerate(examples):
        ids[row, : len(some)] = torch.tensor(some[:longest])
        labels[row, : len(some)] = torch.tensor(wanted[:longest])
    return ids, labels
