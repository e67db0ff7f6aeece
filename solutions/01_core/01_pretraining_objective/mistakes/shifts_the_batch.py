"""Cuts the batch dimension: each sequence is scored on the one after it.

caught by: test_mean_over_all_scored_positions_of_random_logits
says: a shift in the batch
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:-1].flatten(0, 1)
    targets = labels[1:].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / (targets != ignore_index).sum().clamp(min=1)
