"""Uses lr for everything, so head_lr has no effect.

caught by: test_every_parameter_that_trains_is_in_one_group_once
says: one rate for all: the head at the body's
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
            heads_alone = all(within(name, head) for name in known)
            (top if heads_alone else body).append(parameter)
    return [{"params": body, "lr": lr}, {"params": top, "lr": lr}]
