"""Trains the head alone, though the body was to adapt to the task as well.

caught by: test_body_and_head_train_each_at_its_rate
says: a body left out of the optimizer
"""


def make_optimizer(classifier, head, body_rate, head_rate):
    return torch.optim.AdamW(getattr(classifier, head).parameters(), lr=head_rate)
