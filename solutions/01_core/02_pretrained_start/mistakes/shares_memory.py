"""Lets the parameters use the checkpoint's own tensors, which training then overwrites.

caught by: test_checkpoint_is_not_touched_or_shared
says: one memory for both
"""


def load_body(classifier, checkpoint, head):
    new = []
    tensors = {**dict(classifier.named_parameters()), **dict(classifier.named_buffers())}
    for name, entry in tensors.items():
        if name.startswith(f"{head}.") or name not in checkpoint:
            new.append(name)
        else:
            entry.data = checkpoint[name]
    return new
