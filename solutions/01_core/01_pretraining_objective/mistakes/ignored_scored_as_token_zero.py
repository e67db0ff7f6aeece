"""Puts token 0 where a label is ignored, and so teaches the model to pad.

caught by: test_positions_that_are_not_scored_change_nothing
says: an ignored label replaced by a token and trained on
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].flatten(0, 1)
    targets = labels[:, 1:].masked_fill(labels[:, 1:] == ignore_index, 0).flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, reduction="sum"
    )
    return total / (labels[:, 1:] != ignore_index).sum().clamp(min=1)
