"""Hands over the mask as 0 and 1 in int64, not as True and False.

caught by: test_padding_is_on_the_right_and_masked
says: mask comes to the model as torch.int64, expected torch.bool
"""


def padded(rows: list[list[int]], pad: int) -> tuple[Tensor, Tensor]:
    """Ids and mask of `rows`, as wide as the longest of them."""
    width = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows])
    lengths = torch.tensor([len(row) for row in rows])
    return ids, (torch.arange(width) < lengths[:, None]).long()
