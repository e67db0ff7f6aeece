"""Clears the old head before it goes, and with it the tied token embedding.

caught by: test_replacing_the_head_leaves_the_rest_as_it_is
says: the tied embedding overwritten through the old head
"""


def replace_head(model: nn.Module, classes: int, *, head: str = "lm_head") -> nn.Linear:
    """Put a new linear layer for `classes` in the place of the one called `head`."""
    old = model.get_submodule(head)
    parent, _, last = head.rpartition(".")
    nn.init.normal_(old.weight, std=0.02)
    new = nn.Linear(old.in_features, classes, dtype=old.weight.dtype)
    setattr(model.get_submodule(parent), last, new)
    return new
