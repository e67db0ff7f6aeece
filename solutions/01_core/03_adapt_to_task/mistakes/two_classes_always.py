"""Makes a head for two classes, however many the task has.

caught by: test_new_head_has_one_output_for_each_class
says: a number of classes that is written into the code
"""


def replace_head(model: nn.Module, classes: int, *, head: str = "lm_head") -> nn.Linear:
    """Put a new linear layer for `classes` in the place of the one called `head`."""
    old = model.get_submodule(head)
    parent, _, last = head.rpartition(".")
    new = nn.Linear(old.in_features, 2, dtype=old.weight.dtype)
    setattr(model.get_submodule(parent), last, new)
    return new
