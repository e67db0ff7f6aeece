"""Right, in plain Python: one label at a time, the loop written out, the mode in a finally."""

import torch

PRINTED = 3 / 4
KEPT = 1 / 4


def accuracy(batches, ignore_index=-100):
    outcomes = []
    for logits, labels in batches:
        for row, label in zip(logits.tolist(), labels.tolist()):
            if label == ignore_index:
                continue
            outcomes.append(row.index(max(row)) == label)
    if not outcomes:
        return None
    return sum(outcomes) / len(outcomes)


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    mode = model.training
    try:
        model.train()
        for _ in range(epochs):
            model.zero_grad()
            torch.nn.CrossEntropyLoss(ignore_index=-100)(model(inputs), labels).backward()
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter -= lr * parameter.grad
        model.eval()
        with torch.inference_mode():
            halves = [
                (model(inputs[rows]), labels[rows]) for rows in torch.arange(len(labels)).chunk(2)
            ]
        return accuracy(halves)
    finally:
        model.train(mode)
