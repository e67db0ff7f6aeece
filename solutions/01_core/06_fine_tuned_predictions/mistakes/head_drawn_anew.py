"""Resets the linear layers before it predicts: the answers are random ones.

caught by: test_asked_again_it_answers_the_same
says: weights drawn anew: what was trained is gone
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
    for module in model.modules():
        if isinstance(module, nn.Linear):
            module.reset_parameters()
    try:
        with torch.no_grad():
            for start in range(0, len(texts), batch_size):
                rows = [encode(text) for text in texts[start : start + batch_size]]
                ids, mask = padded(rows, pad)
                best = model(ids, mask).argmax(dim=1)
                answers += [names[index] for index in best.tolist()]
    finally:
        for module, training in modes:
            module.training = training
    return answers
