"""Leaves ignore_index out of the call, so that only -100 is ever ignored.

caught by: test_ignore_index_may_be_any_integer
says: ignore_index without effect
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].flatten(0, 1)
    targets = labels[:, 1:].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, reduction="sum"
    )
    return total / (targets != -100).sum().clamp(min=1)
