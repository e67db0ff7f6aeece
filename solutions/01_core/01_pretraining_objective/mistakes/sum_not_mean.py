"""Returns the sum, so that the learning rate depends on the batch and its length.

caught by: test_uniform_logits_give_ln_of_the_vocabulary_size
says: the sum, not the mean
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].flatten(0, 1)
    targets = labels[:, 1:].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total
