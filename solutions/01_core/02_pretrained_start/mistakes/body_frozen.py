"""Freezes the body after the transfer, and so it never adapts to the task.

caught by: test_parameters_stay_the_same_objects
says: a body frozen on the way
"""


def load_body(classifier, checkpoint, head):
    body = {name: t for name, t in checkpoint.items() if not name.startswith(f"{head}.")}
    missing = classifier.load_state_dict(body, strict=False).missing_keys
    for name, parameter in classifier.named_parameters():
        parameter.requires_grad_(name.startswith(f"{head}."))
    return missing
