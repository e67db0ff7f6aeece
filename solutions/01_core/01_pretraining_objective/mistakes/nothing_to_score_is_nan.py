"""Takes the ready-made mean, which is 0 / 0 where every label is ignored.

caught by: test_nothing_to_score_is_zero_and_backward_works
says: the mean of no numbers, 0 / 0
"""


def next_token_loss(logits, labels, ignore_index=-100):
    return torch.nn.functional.cross_entropy(
        logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=ignore_index
    )
