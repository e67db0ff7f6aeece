"""Takes log(softmax(x)), which is -inf as soon as a probability rounds to 0.

caught by: test_large_logits_stay_exact
says: the logarithm of a probability that softmax has rounded to 0
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].softmax(2)
    targets = labels[:, 1:]
    keep = targets != ignore_index
    picked = guesses[keep].gather(1, targets[keep].unsqueeze(1))
    return -picked.log().sum() / keep.sum().clamp(min=1)
