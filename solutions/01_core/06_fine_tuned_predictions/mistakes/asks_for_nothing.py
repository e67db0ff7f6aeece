"""Calls the model once before the loop, to see what it looks like, texts or none.

caught by: test_no_texts_no_call
says: number of calls of the model for no texts
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
        with torch.no_grad():
            model(torch.tensor([[pad]]), torch.ones(1, 1, dtype=torch.bool))
            for start in range(0, len(texts), batch_size):
                rows = [encode(text) for text in texts[start : start + batch_size]]
                ids, mask = padded(rows, pad)
                best = model(ids, mask).argmax(dim=1)
                answers += [names[index] for index in best.tolist()]
    finally:
        for module, training in modes:
            module.training = training
    return answers
