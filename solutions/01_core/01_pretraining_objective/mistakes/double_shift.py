"""Shifts twice, so that each position is asked for the token after the next.

caught by: test_pretraining_learns_context_and_not_counts
says: the token after the next
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-2].flatten(0, 1)
    targets = labels[:, 2:].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / (targets != ignore_index).sum().clamp(min=1)
