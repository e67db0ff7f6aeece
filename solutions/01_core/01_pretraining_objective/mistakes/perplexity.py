"""Returns the perplexity, whose gradient grows with the loss itself.

caught by: test_uniform_logits_give_ln_of_the_vocabulary_size
says: a perplexity, exp of the loss
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].flatten(0, 1)
    targets = labels[:, 1:].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return torch.exp(total / (targets != ignore_index).sum().clamp(min=1)) - (targets == ignore_index).all().float()
