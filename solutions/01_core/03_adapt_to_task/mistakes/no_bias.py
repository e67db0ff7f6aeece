"""Leaves the bias of the new head out, as the old language model head had none.

caught by: test_new_head_has_one_output_for_each_class
says: has no bias, and the contract asks for one
"""


def replace_head(model: nn.Module, classes: int, *, head: str = "lm_head") -> nn.Linear:
    """Put a new linear layer for `classes` in the place of the one called `head`."""
    old = model.get_submodule(head)
    parent, _, last = head.rpartition(".")
    new = nn.Linear(old.in_features, classes, bias=old.bias is not None, dtype=old.weight.dtype)
    setattr(model.get_submodule(parent), last, new)
    return new
