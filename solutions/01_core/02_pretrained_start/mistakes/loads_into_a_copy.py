"""Transfers the body into a copy, and the caller's classifier starts from scratch.

caught by: test_body_is_copied_by_name
says: a transfer into something else
"""


def load_body(classifier, checkpoint, head):
    import copy

    body = {name: t for name, t in checkpoint.items() if not name.startswith(f"{head}.")}
    return copy.deepcopy(classifier).load_state_dict(body, strict=False).missing_keys
