"""Makes a mask that is True everywhere, so padding counts as text.

caught by: test_every_batch_size_gives_the_same_answers
says: padding that counts like text
"""


def padded(rows: list[list[int]], pad: int) -> tuple[Tensor, Tensor]:
    """Ids and mask of `rows`, as wide as the longest of them."""
    width = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows])
    return ids, torch.ones_like(ids, dtype=torch.bool)
