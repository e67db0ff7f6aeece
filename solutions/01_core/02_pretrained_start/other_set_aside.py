"""Right, with sets of names and the head taken as a module; the old head is overwritten again."""

import torch


def load_body(classifier, checkpoint, head):
    own = classifier.state_dict()
    of_head = {f"{head}.{name}" for name in classifier.get_submodule(head).state_dict()}
    copied = (own.keys() & checkpoint.keys()) - of_head
    classifier.load_state_dict({**own, **{name: checkpoint[name] for name in copied}})
    return sorted(own.keys() - copied)


def make_optimizer(classifier, head, body_rate, head_rate):
    new = list(getattr(classifier, head).parameters())
    of_head = set(map(id, new))
    body = [parameter for parameter in classifier.parameters() if id(parameter) not in of_head]
    optimizer = torch.optim.AdamW(params=body, lr=body_rate)
    optimizer.add_param_group({"params": new, "lr": head_rate})
    return optimizer
