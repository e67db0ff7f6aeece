"""Puts copies in the checkpoint's dtype into the parameters.

caught by: test_parameters_stay_the_same_objects
says: the checkpoint's dtype taken over
"""


def load_body(classifier, checkpoint, head):
    new = []
    tensors = {**dict(classifier.named_parameters()), **dict(classifier.named_buffers())}
    for name, entry in tensors.items():
        if name.startswith(f"{head}.") or name not in checkpoint:
            new.append(name)
        else:
            entry.data = checkpoint[name].clone()
    return new
