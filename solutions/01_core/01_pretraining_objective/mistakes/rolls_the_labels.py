"""Rolls the labels, so that the last position is asked for the first token.

caught by: test_position_t_is_scored_on_token_t_plus_1
says: roll: the last position
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits.flatten(0, 1)
    targets = labels.roll(-1, dims=1).flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / (targets != ignore_index).sum().clamp(min=1)
