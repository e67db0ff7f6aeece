"""Takes the logarithm to base 2, so the loss is 1.44 times what it should be.

caught by: test_uniform_logits_give_ln_of_the_vocabulary_size
says: a logarithm to base 2
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].flatten(0, 1)
    targets = labels[:, 1:].flatten()
    total = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / (targets != ignore_index).sum().clamp(min=1) / torch.log(torch.tensor(2.0))
