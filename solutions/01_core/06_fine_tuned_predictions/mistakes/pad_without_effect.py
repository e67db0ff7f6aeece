"""Always fills up with 0, whatever pad is.

caught by: test_padding_is_on_the_right_and_masked
says: pad without effect
"""


def padded(rows: list[list[int]], pad: int) -> tuple[Tensor, Tensor]:
    """Ids and mask of `rows`, as wide as the longest of them."""
    width = max(len(row) for row in rows)
    ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
    lengths = torch.tensor([len(row) for row in rows])
    return ids, torch.arange(width) < lengths[:, None]
