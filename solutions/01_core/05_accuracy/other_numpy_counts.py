"""Right, with numpy counts, and a copy of the trained model for the scoring."""

import copy

import numpy as np
import torch

PRINTED = np.float64(0.75)
KEPT = np.float32(0.25)


def accuracy(batches, ignore_index=-100):
    counts = np.zeros(2, dtype=np.int64)
    for logits, labels in batches:
        truth = labels.numpy()
        predicted = logits.detach().numpy().argmax(axis=1)
        hit = predicted == truth
        real = truth != ignore_index
        counts += np.array([np.count_nonzero(hit & real), np.count_nonzero(real)])
    right, scored = counts
    return None if scored == 0 else np.float64(right / scored)


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    before = model.training
    model.train(True)
    optimizer = torch.optim.SGD(list(model.parameters()), lr)
    for epoch in range(epochs):
        loss = torch.nn.functional.cross_entropy(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.train(before)
    frozen = copy.deepcopy(model).eval().requires_grad_(False)
    with torch.no_grad():
        return accuracy([(frozen(inputs), labels)])
