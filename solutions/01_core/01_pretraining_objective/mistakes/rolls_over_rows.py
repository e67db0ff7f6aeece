"""Rolls the flattened labels: each row ends by guessing how the next begins.

caught by: test_mean_over_all_scored_positions_of_random_logits
says: the labels of all rows rolled as one
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits.flatten(0, 1)
    targets = labels.flatten().roll(-1)
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / (targets != ignore_index).sum().clamp(min=1)
