"""Flattens the batch first and shifts then, so rows run into each other.

caught by: test_position_t_is_scored_on_token_t_plus_1
says: rows joined before the shift
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits.flatten(0, 1)[:-1]
    targets = labels.flatten()[1:]
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / (targets != ignore_index).sum().clamp(min=1)
