"""Marks the first labels as ignored in place, in the batch of the caller.

caught by: test_arguments_are_left_as_they_are
says: labels overwritten in place
"""


def next_token_loss(logits, labels, ignore_index=-100):
    labels[:, 0] = ignore_index
    guesses = logits[:, :-1].flatten(0, 1)
    targets = labels[:, 1:].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / (targets != ignore_index).sum().clamp(min=1)
