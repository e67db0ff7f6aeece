"""Returns a tensor of one element: it cannot be written to a report, and it keeps memory.

caught by: test_ragged_last_batch_counts_by_examples
says: expected a number
"""


def accuracy(batches, ignore_index=-100):
    right = scored = 0
    for logits, labels in batches:
        keep = labels != ignore_index
        right += (logits.argmax(1)[keep] == labels[keep]).sum()
        scored += keep.sum()
    return right / scored if scored else None
