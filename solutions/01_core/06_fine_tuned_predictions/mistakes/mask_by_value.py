"""Takes every id that equals pad for padding, real ones as well.

caught by: test_padding_is_on_the_right_and_masked
says: a mask by the value of ids, not by the length of the text
"""


def padded(rows: list[list[int]], pad: int) -> tuple[Tensor, Tensor]:
    """Ids and mask of `rows`, as wide as the longest of them."""
    width = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows])
    return ids, ids != pad
