"""Takes the mask from the labels before the shift: one place beside the pads.

caught by: test_ignored_labels_leave_sum_and_count
says: a mask that was not shifted
"""


def next_token_loss(logits, labels, ignore_index=-100):
    guesses = logits[:, :-1].transpose(1, 2)
    targets = labels[:, 1:]
    losses = torch.nn.functional.cross_entropy(
        guesses, targets, ignore_index=ignore_index, reduction="none"
    )
    mask = labels[:, :-1] != ignore_index
    return (losses * mask).sum() / mask.sum().clamp(min=1)
