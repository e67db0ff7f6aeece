"""Swaps the rates: the head creeps, and the pretrained body is overrun.

caught by: test_body_and_head_train_each_at_its_rate
says: the two rates swapped
"""


def make_optimizer(classifier, head, body_rate, head_rate):
    body, new = [], []
    for name, parameter in classifier.named_parameters():
        (new if name.startswith(f"{head}.") else body).append(parameter)
    return torch.optim.AdamW([{"params": body, "lr": head_rate}, {"params": new, "lr": body_rate}])
