"""Takes every name with the head's name in it for the head's, deep in the body too.

caught by: test_body_is_copied_by_name
says: body.score.weight is not the checkpoint's
"""


def load_body(classifier, checkpoint, head):
    body = {name: t for name, t in checkpoint.items() if f"{head}." not in name}
    return classifier.load_state_dict(body, strict=False).missing_keys
