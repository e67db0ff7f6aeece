"""Transfers the old head too, because its names and shapes happen to match.

caught by: test_head_stays_new
says: the old head transferred
"""


def load_body(classifier, checkpoint, head):
    own = classifier.state_dict()
    fits = {n: t for n, t in checkpoint.items() if n in own and t.shape == own[n].shape}
    return classifier.load_state_dict(fits, strict=False).missing_keys
