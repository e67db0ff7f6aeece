"""Transfers the embeddings alone: words without the layers that read them.

caught by: test_body_is_copied_by_name
says: a body of which a part was transferred
"""


def load_body(classifier, checkpoint, head):
    own = classifier.state_dict()
    words = {f"{n}.weight" for n, m in classifier.named_modules() if isinstance(m, nn.Embedding)}
    body = {name: checkpoint[name] for name in words if name in checkpoint}
    classifier.load_state_dict(body, strict=False)
    return [name for name in own if name not in body]
