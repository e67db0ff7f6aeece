"""Averages the batch accuracies, so a short last batch weighs as much as a full one.

caught by: test_ragged_last_batch_counts_by_examples
says: the mean of batch means
"""


def accuracy(batches, ignore_index=-100):
    means = []
    for logits, labels in batches:
        keep = labels != ignore_index
        if keep.any():
            means.append((logits.argmax(1)[keep] == labels[keep]).float().mean().item())
    return sum(means) / len(means) if means else None
