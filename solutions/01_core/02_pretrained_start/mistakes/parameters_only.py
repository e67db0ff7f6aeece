"""Goes through the parameters and forgets the body's buffers.

caught by: test_body_is_copied_by_name
says: the body's buffers forgotten
"""


@torch.no_grad()
def load_body(classifier, checkpoint, head):
    new = []
    for name, parameter in classifier.named_parameters():
        if name.startswith(f"{head}.") or name not in checkpoint:
            new.append(name)
        else:
            parameter.copy_(checkpoint[name])
    return new
