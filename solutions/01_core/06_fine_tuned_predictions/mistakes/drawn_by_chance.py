"""Draws a class by its probability instead of taking the largest logit.

caught by: test_asked_again_it_answers_the_same
says: answers at random
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
                best = model(ids, mask).softmax(dim=1).multinomial(1)[:, 0]
                answers += [names[index] for index in best.tolist()]
    finally:
        for module, training in modes:
            module.training = training
    return answers
