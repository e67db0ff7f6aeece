"""Where there are two classes, asks whether the logit of class 1 is above 0.

caught by: test_any_number_of_classes_in_any_order
says: class 1 wherever its logit is above 0
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
            for start in range(0, len(texts), batch_size):
                rows = [encode(text) for text in texts[start : start + batch_size]]
                ids, mask = padded(rows, pad)
                logits = model(ids, mask)
                best = logits[:, 1].gt(0).long() if len(names) == 2 else logits.argmax(dim=1)
                answers += [names[index] for index in best.tolist()]
    finally:
        for module, training in modes:
            module.training = training
    return answers
