"""Knows a tied parameter by its first name only, and misses it under the other.

caught by: test_a_tied_parameter_is_one_parameter
says: tied parameters known by their first name only
"""


def parameter_groups(
    model: nn.Module,
    *,
    lr: float,
    head_lr: float,
    frozen: Sequence[str] = (),
    head: str = "lm_head",
) -> list[dict[str, Any]]:
    """Freeze what `frozen` names, and sort the rest into groups for an optimizer."""
    names: dict[nn.Parameter, list[str]] = {}
    for name, parameter in model.named_parameters():
        names.setdefault(parameter, []).append(name)
    for wanted in frozen:
        if not any(within(name, wanted) for name, _ in model.named_parameters(remove_duplicate=False)):
            raise ValueError(f"the model has nothing called {wanted!r} to freeze")
    body, top = [], []
    for parameter, known in names.items():
        parameter.requires_grad = not any(within(name, one) for name in known for one in frozen)
        if parameter.requires_grad:
            heads_alone = all(within(name, head) for name in known)
            (top if heads_alone else body).append(parameter)
    return [{"params": body, "lr": lr}, {"params": top, "lr": head_lr}]
