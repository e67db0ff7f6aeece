"""Keeps frozen parameters out of the groups, and lets them gather gradients for nothing.

caught by: test_frozen_are_the_named_parameters_and_no_others
says: frozen parameters that still get gradients
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
        if not any(within(name, one) for name in known for one in frozen):
            parameter.requires_grad = True
            heads_alone = all(within(name, head) for name in known)
            (top if heads_alone else body).append(parameter)
    return [{"params": body, "lr": lr}, {"params": top, "lr": head_lr}]
