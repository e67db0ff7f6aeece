"""Makes the new head in float32, whatever the model is in.

caught by: test_new_head_has_one_output_for_each_class
says: has dtype float32, expected float64
"""


def replace_head(model: nn.Module, classes: int, *, head: str = "lm_head") -> nn.Linear:
    """Put a new linear layer for `classes` in the place of the one called `head`."""
    old = model.get_submodule(head)
    parent, _, last = head.rpartition(".")
    new = nn.Linear(old.in_features, classes, dtype=torch.float32)
    setattr(model.get_submodule(parent), last, new)
    return new
