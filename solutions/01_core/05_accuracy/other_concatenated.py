"""Right, with everything gathered first; the predictions are measured when the file loads."""

import torch

POINTS = torch.tensor([[1, 2], [2, 1], [1.5, 1.5], [3, 3]], dtype=torch.float32)
LABELS = torch.tensor([0, 1, 0, 1])


def accuracy(batches, ignore_index=-100):
    pairs = [(logits.argmax(dim=-1), labels) for logits, labels in batches]
    if not pairs:
        return None
    predicted, labels = (torch.cat(parts) for parts in zip(*pairs))
    hits = (predicted == labels)[labels != ignore_index].double()
    return hits.mean().item() if hits.numel() else None


def train(model, inputs, labels, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        optimizer.zero_grad()
        logits = model(inputs)
        torch.nn.functional.cross_entropy(logits, labels).backward()
        optimizer.step()
    return logits


@torch.no_grad()
def score(model, inputs, labels):
    modes = {part: part.training for part in model.modules()}
    model.eval()
    result = accuracy([(model(inputs), labels)])
    for part, mode in modes.items():
        part.training = mode
    return result


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    mode = model.training
    train(model, inputs, labels, epochs, lr)
    model.train(mode)
    return score(model, inputs, labels)


torch.manual_seed(1599)
MODEL = torch.nn.Linear(2, 2, dtype=torch.float32)
PRINTED = accuracy([(train(MODEL, POINTS, LABELS, 3, 0.1), LABELS)])
KEPT = score(MODEL, POINTS, LABELS)
