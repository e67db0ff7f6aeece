"""Asks whether anything was right, not whether anything was scored, before it divides.

caught by: test_nothing_right_is_zero
says: a test for nothing right where nothing to score was meant
"""


def accuracy(batches, ignore_index=-100):
    right = scored = 0
    for logits, labels in batches:
        keep = labels != ignore_index
        right += (logits.argmax(1)[keep] == labels[keep]).sum().item()
        scored += keep.sum().item()
    return right / scored if right else None
