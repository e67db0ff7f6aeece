"""Sets the dotted name as one attribute: the old head stays and goes on answering.

caught by: test_new_head_has_one_output_for_each_class
says: a dotted name taken for one attribute
"""


def replace_head(model: nn.Module, classes: int, *, head: str = "lm_head") -> nn.Linear:
    """Put a new linear layer for `classes` in the place of the one called `head`."""
    old = model.get_submodule(head)
    new = nn.Linear(old.in_features, classes, dtype=old.weight.dtype)
    setattr(model, head, new)
    return new
