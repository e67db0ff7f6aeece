"""Cuts all texts to the shortest of their batch, so they stack without padding.

caught by: test_padding_is_on_the_right_and_masked
says: texts cut to the shortest of their batch
"""


def padded(rows: list[list[int]], pad: int) -> tuple[Tensor, Tensor]:
    """Ids and mask of `rows`, as wide as the longest of them."""
    width = min(len(row) for row in rows)
    ids = torch.tensor([row[:width] for row in rows])
    lengths = torch.tensor([len(row) for row in rows])
    return ids, torch.arange(width) < lengths[:, None]
