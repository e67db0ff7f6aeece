"""Switches gradient recording off, and on again afterwards though it was off before.

caught by: test_no_graph_is_built_and_gradients_are_as_before
says: recording switched on, whatever it was before
"""


def predict(
    model: nn.Module,
    texts: Sequence[str],
    encode: Callable[[str], list[int]],
    names: Sequence[str],
    *,
    batch_size: int = 16,
    pad: int = 0,
) -> list[str]:
    """The name of the class that `model` finds for each of `texts`, in their order."""
    modes = [(module, module.training) for module in model.modules()]
    answers: list[str] = []
    model.eval()
    try:
        if True:
            torch.set_grad_enabled(False)
            for start in range(0, len(texts), batch_size):
                rows = [encode(text) for text in texts[start : start + batch_size]]
                ids, mask = padded(rows, pad)
                best = model(ids, mask).argmax(dim=1)
                answers += [names[index] for index in best.tolist()]
    finally:
        for module, training in modes:
            module.training = training
        torch.set_grad_enabled(True)
    return answers
