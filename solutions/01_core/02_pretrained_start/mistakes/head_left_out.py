"""Leaves the new head out of the optimizer, so that it stays as random as it began.

caught by: test_body_and_head_train_each_at_its_rate
says: a head left out of the optimizer
"""


def make_optimizer(classifier, head, body_rate, head_rate):
    named = classifier.named_parameters()
    return torch.optim.AdamW(
        [parameter for name, parameter in named if not name.startswith(f"{head}.")], lr=body_rate
    )
