"""Skips a position whose own token is ignored, though its next token is not.

caught by: test_ignored_labels_leave_sum_and_count
says: left out for its own label
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].flatten(0, 1)
    targets = torch.where(labels[:, :-1] == ignore_index, ignore_index, labels[:, 1:]).flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / (targets != ignore_index).sum().clamp(min=1)
