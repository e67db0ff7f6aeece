"""Takes argmax(0), the best row of each class, not the best class of each row.

caught by: test_largest_logit_of_each_row_is_the_prediction
says: argmax over the rows
"""


def accuracy(batches, ignore_index=-100):
    right = scored = 0
    for logits, labels in batches:
        keep = labels != ignore_index
        right += (logits.argmax(0)[keep] == labels[keep]).sum().item()
        scored += keep.sum().item()
    return right / scored if scored else None
