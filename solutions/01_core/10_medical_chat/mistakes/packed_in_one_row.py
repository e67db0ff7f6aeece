"""Joins all conversations in one row, where later ones see the earlier.

caught by: test_conversations_of_a_batch_do_not_see_each_other
says: all conversations joined in one row
"""


def pad_batch(examples: list[Example], pad_id: int) -> tuple[Tensor, Tensor]:
    """Ids and labels of many conversations, (B, T) each, filled up on the right."""
    ids = [token for some, _ in examples for token in some]
    labels = [label for _, wanted in examples for label in wanted]
    return torch.tensor([ids], dtype=torch.int64), torch.tensor([labels], dtype=torch.int64)
