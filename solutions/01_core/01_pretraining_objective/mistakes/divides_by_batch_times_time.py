"""Divides by B x T, which counts the last position of each row as well.

caught by: test_uniform_logits_give_ln_of_the_vocabulary_size
says: a count of the uncut labels
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].flatten(0, 1)
    targets = labels[:, 1:].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / max(1, labels.numel())
