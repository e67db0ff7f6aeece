"""Cuts the first logits and the last labels: each position recalls the past.

caught by: test_position_t_is_scored_on_token_t_plus_1
says: a shift the wrong way
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, 1:].flatten(0, 1)
    targets = labels[:, :-1].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / (targets != ignore_index).sum().clamp(min=1)
