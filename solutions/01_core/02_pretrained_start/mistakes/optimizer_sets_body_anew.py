"""Initialises the weights when the optimizer is made, after the transfer.

caught by: test_making_the_optimizer_changes_nothing
says: what was transferred is gone
"""


def make_optimizer(classifier, head, body_rate, head_rate):
    body, new = [], []
    for name, parameter in classifier.named_parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter, std=0.02)
        (new if name.startswith(f"{head}.") else body).append(parameter)
    return torch.optim.AdamW([{"params": body, "lr": body_rate}, {"params": new, "lr": head_rate}])
