"""Guards the division with max(scored, 1), so nothing to score reads as nothing right.

caught by: test_nothing_to_score_is_none
says: nothing to score reported as nothing right
"""


def accuracy(batches, ignore_index=-100):
    right = scored = 0
    for logits, labels in batches:
        keep = labels != ignore_index
        right += (logits.argmax(1)[keep] == labels[keep]).sum().item()
        scored += keep.sum().item()
    return right / max(scored, 1)
