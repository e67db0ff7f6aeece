"""Goes through the batches twice, and a generator has nothing left for the second pass.

caught by: test_batches_may_come_from_a_generator
says: a second pass over batches that the first pass used up
"""


def accuracy(batches, ignore_index=-100):
    right = sum(
        ((logits.argmax(1) == labels) & (labels != ignore_index)).sum().item()
        for logits, labels in batches
    )
    scored = sum((labels != ignore_index).sum().item() for _, labels in batches)
    return right / scored if scored else None
