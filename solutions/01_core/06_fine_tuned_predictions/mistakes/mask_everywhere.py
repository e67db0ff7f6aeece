"""Makes a mask that is True everywhere, so padding counts as text.

caught by: test_padding_is_on_the_right_and_masked
says: a mask that is True everywhere
"""


def padded(rows: list[list[int]], pad: int) -> tuple[Tensor, Tensor]:
    """Ids and mask of `rows`, as wide as the longest of them."""
    width = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows])
    return ids, torch.ones_like(ids, dtype=torch.bool)
