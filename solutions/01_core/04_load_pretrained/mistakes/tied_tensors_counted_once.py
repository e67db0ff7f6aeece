"""Compares with parameters and buffers, among which a tied tensor comes only once.

caught by: test_shipped_checkpoint_loads_and_knows_english
says: looks like a tied tensor counted under one of its two names
"""


def load_entries(
    model: nn.Module, state_dict: Mapping[str, Tensor | None], *, strict: bool = True
) -> LoadReport:
    if not isinstance(state_dict, Mapping):
        raise CheckpointError(f"holds a {type(state_dict).__name__}, not a state_dict")
    own = dict(model.named_parameters()) | dict(model.named_buffers())
    prefixed = all(name.startswith(PREFIX) for name in state_dict)
    prefix = PREFIX if prefixed and not any(name in own for name in state_dict) else ""
    entries = {name.removeprefix(prefix): value for name, value in state_dict.items()}
    for name, value in entries.items():
        if not isinstance(value, Tensor | None):
            raise CheckpointError(f"{name} is a {type(value).__name__}, not a tensor")

    given = {name: value for name, value in entries.items() if value is not None}
    known = {name: value for name, value in given.items() if name in own}
    fits = {name: value for name, value in known.items() if value.shape == own[name].shape}
    report = LoadReport(
        missing=[name for name in own if name not in given],
        unexpected=[name for name in given if name not in own],
        mismatched=[name for name in known if name not in fits],
        none_entries=[name for name in entries if name not in given],
        prefix=prefix,
    )
    problems = [f"missing {name}" for name in report.missing]
    problems += [f"unexpected {name}" for name in report.unexpected]
    problems += [
        f"{name} has shape {tuple(given[name].shape)}, the model's {tuple(own[name].shape)}"
        for name in report.mismatched
    ]
    if not fits or (strict and problems):
        raise CheckpointError("; ".join(problems) or "no entry fits")
    model.load_state_dict(fits, strict=False)
    return report
