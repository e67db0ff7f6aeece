"""Averages the probabilities of the next tokens, without their logarithm.

caught by: test_uniform_logits_give_ln_of_the_vocabulary_size
says: the probability, without its logarithm
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].softmax(2)
    targets = labels[:, 1:]
    keep = targets != ignore_index
    picked = guesses[keep].gather(1, targets[keep].unsqueeze(1))
    return picked.sum() / keep.sum().clamp(min=1)
