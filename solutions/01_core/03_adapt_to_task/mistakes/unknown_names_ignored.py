"""Lets a mistyped name pass: nothing is frozen, and nobody is told.

caught by: test_unknown_frozen_name_raises_and_is_named
says: raises nothing, expected ValueError
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
    body, top = [], []
    for parameter, known in names.items():
        parameter.requires_grad = not any(within(name, one) for name in known for one in frozen)
        if parameter.requires_grad:
            heads_alone = all(within(name, head) for name in known)
            (top if heads_alone else body).append(parameter)
    return [{"params": body, "lr": lr}, {"params": top, "lr": head_lr}]
