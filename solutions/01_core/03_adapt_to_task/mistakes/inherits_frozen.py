"""Hands the old head's requires_grad on, so the head of a frozen model never learns.

caught by: test_new_head_has_one_output_for_each_class
says: the old head's requires_grad, handed on
"""


def replace_head(model: nn.Module, classes: int, *, head: str = "lm_head") -> nn.Linear:
    """Put a new linear layer for `classes` in the place of the one called `head`."""
    old = model.get_submodule(head)
    parent, _, last = head.rpartition(".")
    new = nn.Linear(old.in_features, classes, dtype=old.weight.dtype)
    new.requires_grad_(old.weight.requires_grad)
    setattr(model.get_submodule(parent), last, new)
    return new
