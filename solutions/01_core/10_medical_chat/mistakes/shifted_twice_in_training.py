"""Shifts the labels of the batch: the model learns to skip a token.

caught by: test_fine_tuned_model_answers_better_than_as_it_came_and_than_from_scratch
says: labels shifted in the batch
"""


def pad_batch(examples: list[Example], pad_id: int) -> tuple[Tensor, Tensor]:
    """Ids and labels of many conversations, (B, T) each, filled up on the right."""
    longest = max((len(ids) for ids, _ in examples), default=0)
    ids = torch.full((len(examples), longest), pad_id)
    labels = torch.full_like(ids, IGNORE)
    for row, (some, wanted) in enumerate(examples):
        ids[row, : len(some)] = torch.tensor(some)
        labels[row, : len(some)] = torch.tensor(wanted)
    labels[:, :-1] = labels[:, 1:].clone()
    return ids, labels
