"""Pads on the left, where every token of the conversation sees the pads.

caught by: test_conversations_of_a_batch_do_not_see_each_other
says: pads on the left
"""


def pad_batch(examples: list[Example], pad_id: int) -> tuple[Tensor, Tensor]:
    """Ids and labels of many conversations, (B, T) each, filled up on the right."""
    longest = max((len(ids) for ids, _ in examples), default=0)
    ids = torch.full((len(examples), longest), pad_id)
    labels = torch.full_like(ids, IGNORE)
    for row, (some, wanted) in enumerate(examples):
        ids[row, longest - len(some) :] = torch.tensor(some)
        labels[row, longest - len(some) :] = torch.tensor(wanted)
    return ids, labels
