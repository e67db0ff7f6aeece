"""Returns a new 0 where nothing is scored, and backward() raises an error.

caught by: test_nothing_to_score_is_zero_and_backward_works
says: a new 0 in place of a sum over nothing
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].flatten(0, 1)
    targets = labels[:, 1:].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )

    scored = (targets != ignore_index).sum()
    return total / scored if scored else torch.zeros((), dtype=logits.dtype)
