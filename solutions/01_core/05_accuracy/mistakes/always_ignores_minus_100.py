"""Has -100 written into it, so that any other ignore_index does nothing.

caught by: test_ignore_index_may_be_any_integer
says: ignore_index without effect
"""


def accuracy(batches, ignore_index=-100):
    right = scored = 0
    for logits, labels in batches:
        keep = labels != -100
        right += (logits.argmax(1)[keep] == labels[keep]).sum().item()
        scored += keep.sum().item()
    return right / scored if scored else None
