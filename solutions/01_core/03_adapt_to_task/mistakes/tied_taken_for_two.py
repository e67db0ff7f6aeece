"""Goes by names, so one tied weight lands in both groups.

caught by: test_a_tied_parameter_is_one_parameter
says: one weight in both groups, once for each of its names
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
    for name, parameter in model.named_parameters(remove_duplicate=False):
        names.setdefault(parameter, []).append(name)
    for wanted in frozen:
        if not any(within(name, wanted) for known in names.values() for name in known):
            raise ValueError(f"the model has nothing called {wanted!r} to freeze")
    body, top = [], []
    for parameter, known in names.items():
        parameter.requires_grad = not any(within(name, one) for name in known for one in frozen)
        if parameter.requires_grad:
            if any(within(name, head) for name in known):
                top.append(parameter)
            if not all(within(name, head) for name in known):
                body.append(parameter)
    return [{"params": body, "lr": lr}, {"params": top, "lr": head_lr}]
