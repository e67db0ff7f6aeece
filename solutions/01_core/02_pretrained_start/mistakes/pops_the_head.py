"""Takes the old head out of the caller's dict, where a dict of its own was needed.

caught by: test_checkpoint_is_not_touched_or_shared
says: the old head taken out of the caller's dict
"""


def load_body(classifier, checkpoint, head):
    for name in [name for name in checkpoint if name.startswith(f"{head}.")]:
        checkpoint.pop(name)
    return classifier.load_state_dict(checkpoint, strict=False).missing_keys
