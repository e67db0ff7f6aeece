"""Makes the optimizer for a copy: every step is taken there, none in the classifier.

caught by: test_body_and_head_train_each_at_its_rate
says: an optimizer of another model
"""


def make_optimizer(classifier, head, body_rate, head_rate):
    import copy

    body, new = [], []
    for name, parameter in copy.deepcopy(classifier).named_parameters():
        (new if name.startswith(f"{head}.") else body).append(parameter)
    return torch.optim.AdamW([{"params": body, "lr": body_rate}, {"params": new, "lr": head_rate}])
