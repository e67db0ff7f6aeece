"""Takes the mean of an empty tensor, which is nan and spreads into every later average.

caught by: test_nothing_to_score_is_none
says: 0 / 0 in tensors
"""


def accuracy(batches, ignore_index=-100):
    right = scored = 0
    for logits, labels in batches:
        keep = labels != ignore_index
        right += (logits.argmax(1)[keep] == labels[keep]).sum().item()
        scored += keep.sum().item()
    return (torch.tensor(right) / torch.tensor(scored)).item()
