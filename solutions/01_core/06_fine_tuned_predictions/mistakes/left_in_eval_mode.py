"""Leaves the model in eval mode, and the next training runs without dropout.

caught by: test_every_module_gets_its_mode_back
says: a model left in eval mode
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
    answers: list[str] = []
    model.eval()
    try:
        with torch.no_grad():
            for start in range(0, len(texts), batch_size):
                rows = [encode(text) for text in texts[start : start + batch_size]]
                ids, mask = padded(rows, pad)
                best = model(ids, mask).argmax(dim=1)
                answers += [names[index] for index in best.tolist()]
    finally:
        pass
    return answers
