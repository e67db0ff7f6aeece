"""Switches the classifier to train mode on the way.

caught by: test_parameters_stay_the_same_objects
says: is in train mode now
"""


def load_body(classifier, checkpoint, head):
    body = {name: t for name, t in checkpoint.items() if not name.startswith(f"{head}.")}
    return classifier.train().load_state_dict(body, strict=False).missing_keys
