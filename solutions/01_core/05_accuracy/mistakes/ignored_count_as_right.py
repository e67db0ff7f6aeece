"""Adds the ignored labels to the right ones, so that padding raises the score.

caught by: test_ignored_labels_leave_both_counts
says: ignored labels counted as right
"""


def accuracy(batches, ignore_index=-100):
    right = total = 0
    for logits, labels in batches:
        hits = (logits.argmax(1) == labels) | (labels == ignore_index)
        right += hits.sum().item()
        total += len(labels)
    return right / total if total else None
