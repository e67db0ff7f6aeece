"""Trains everything at the body's small rate, so that the head hardly learns.

caught by: test_body_and_head_train_each_at_its_rate
says: a head at the other rate
"""


def make_optimizer(classifier, head, body_rate, head_rate):
    return torch.optim.AdamW(classifier.parameters(), lr=body_rate)
