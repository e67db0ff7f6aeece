"""Overwrites the ignored labels in the caller's tensor to get them out of the way.

caught by: test_random_batches_agree_with_counting_one_by_one
says: ignored labels overwritten in place
"""


def accuracy(batches, ignore_index=-100):
    right = scored = 0
    for logits, labels in batches:
        labels[labels == ignore_index] = -1
        right += (logits.argmax(1) == labels).sum().item()
        scored += (labels != -1).sum().item()
    return right / scored if scored else None
