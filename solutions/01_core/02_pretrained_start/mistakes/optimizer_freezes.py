"""Freezes the body when the optimizer is made; its group is there, but nothing moves.

caught by: test_body_and_head_train_each_at_its_rate
says: a frozen body, or a frozen head
"""


def make_optimizer(classifier, head, body_rate, head_rate):
    body, new = [], []
    for name, parameter in classifier.named_parameters():
        is_new = name.startswith(f"{head}.")
        parameter.requires_grad_(is_new)
        (new if is_new else body).append(parameter)
    return torch.optim.AdamW([{"params": body, "lr": body_rate}, {"params": new, "lr": head_rate}])
