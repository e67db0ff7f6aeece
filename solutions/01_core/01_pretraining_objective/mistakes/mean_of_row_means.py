"""Averages each row first, so that a token in a short row weighs more.

caught by: test_ignored_labels_leave_sum_and_count
says: the mean of row means
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].transpose(1, 2)
    targets = labels[:, 1:]
    losses = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="none"
    )
    scored = (targets != ignore_index).sum(1)
    rows = losses.sum(1) / scored.clamp(min=1)
    return rows.sum() / (scored > 0).sum().clamp(min=1)
