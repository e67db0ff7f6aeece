"""Joins time and batch in one order for logits, in the other for labels.

caught by: test_mean_over_all_scored_positions_of_random_logits
says: batch and time joined in another order
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].transpose(0, 1).flatten(0, 1)
    targets = labels[:, 1:].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / (targets != ignore_index).sum().clamp(min=1)
