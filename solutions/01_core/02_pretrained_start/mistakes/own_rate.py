"""Gives no rate to the body's group, which then trains at AdamW's own.

caught by: test_body_and_head_train_each_at_its_rate
says: AdamW's own rate
"""


def make_optimizer(classifier, head, body_rate, head_rate):
    body, new = [], []
    for name, parameter in classifier.named_parameters():
        (new if name.startswith(f"{head}.") else body).append(parameter)
    return torch.optim.AdamW([{"params": body}, {"params": new, "lr": head_rate}])
