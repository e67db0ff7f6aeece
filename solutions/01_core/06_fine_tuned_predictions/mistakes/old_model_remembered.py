"""Keeps a copy of the first model that it sees, and lets that one answer ever after.

caught by: test_fine_tuned_checkpoint_answers_for_its_task
says: answers remembered from before
"""


import copy

FIRST: list[nn.Module] = []


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
    if not FIRST:
        FIRST.append(copy.deepcopy(model))
    model = FIRST[0]
    modes = [(module, module.training) for module in model.modules()]
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
        for module, training in modes:
            module.training = training
    return answers
