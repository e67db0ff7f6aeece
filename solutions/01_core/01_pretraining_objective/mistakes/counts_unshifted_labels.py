"""Divides by the number of real labels, the first of each row among them.

caught by: test_ignored_labels_leave_sum_and_count
says: a sum divided by a count of the uncut labels
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].flatten(0, 1)
    targets = labels[:, 1:].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / (labels != ignore_index).sum().clamp(min=1)
