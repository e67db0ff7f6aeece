"""Returns a percentage where the contract asks for a fraction.

caught by: test_ragged_last_batch_counts_by_examples
says: a percentage
"""


def accuracy(batches, ignore_index=-100):
    right = scored = 0
    for logits, labels in batches:
        keep = labels != ignore_index
        right += (logits.argmax(1)[keep] == labels[keep]).sum().item()
        scored += keep.sum().item()
    return 100 * right / scored if scored else None
