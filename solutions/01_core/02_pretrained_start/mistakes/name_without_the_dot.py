"""Compares names without the dot, so that "score_norm" counts as part of the head "score".

caught by: test_body_is_copied_by_name
says: Which names begin with the head's name and a dot?
"""


def load_body(classifier, checkpoint, head):
    body = {name: t for name, t in checkpoint.items() if not name.startswith(head)}
    return classifier.load_state_dict(body, strict=False).missing_keys
