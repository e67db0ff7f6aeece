"""Copies the classifier's random body into the checkpoint.

caught by: test_checkpoint_is_not_touched_or_shared
says: a copy the wrong way
"""


@torch.no_grad()
def load_body(classifier, checkpoint, head):
    new = []
    for name, entry in classifier.state_dict().items():
        if name.startswith(f"{head}.") or name not in checkpoint:
            new.append(name)
        else:
            checkpoint[name].copy_(entry)
    return new
