"""Masks wherever the id is pad_id; with end_of_text as pad no end is learned.

caught by: test_pad_id_may_be_a_real_token
says: labels masked wherever the id is pad_id
"""


def pad_batch(examples: list[Example], pad_id: int) -> tuple[Tensor, Tensor]:
    """Ids and labels of many conversations, (B, T) each, filled up on the right."""
    longest = max((len(ids) for ids, _ in examples), default=0)
    ids = torch.full((len(examples), longest), pad_id)
    labels = torch.full_like(ids, IGNORE)
    for row, (some, wanted) in enumerate(examples):
        ids[row, : len(some)] = torch.tensor(some)
        labels[row, : len(some)] = torch.tensor(wanted)
    return ids, labels.masked_fill(ids == pad_id, IGNORE)
