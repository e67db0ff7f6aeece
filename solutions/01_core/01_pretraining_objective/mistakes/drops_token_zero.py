"""Keeps labels above 0 only, and so never learns to predict token 0.

caught by: test_token_zero_is_a_token
says: token 0 left out
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].flatten(0, 1)
    targets = labels[:, 1:].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )

    keep = (targets != ignore_index) & (targets > 0)
    total = torch.nn.functional.cross_entropy(guesses[keep], targets[keep], reduction="sum")
    return total / keep.sum().clamp(min=1)
