"""Pairs the entries by order and shape, not by name.

caught by: test_body_is_copied_by_name
says: entries matched by order or shape
"""


@torch.no_grad()
def load_body(classifier, checkpoint, head):
    left = [tensor for name, tensor in checkpoint.items() if not name.startswith(f"{head}.")]
    new = []
    for name, entry in classifier.state_dict().items():
        at = next((n for n, t in enumerate(left) if t.shape == entry.shape), None)
        if name.startswith(f"{head}.") or at is None:
            new.append(name)
        else:
            entry.copy_(left.pop(at))
    return new
