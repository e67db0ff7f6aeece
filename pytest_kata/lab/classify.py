"""Fine-tuning a language model to classify short texts: its body, the mean over tokens, a head.

    model, tokenizer = load_checkpoint(), load_tokenizer()
    classifier = fine_tune(model, tokenizer, examples)
    classifier.accuracy(held_out)

With few labels, training everything at once spoils what pre-training has taught before the head
knows what it wants. So the head is trained first, on the vectors of the body as it is, and then
everything together at a small rate (Kumar et al. 2022, "Fine-Tuning can Distort Pretrained Features
and Underperform Out-of-Distribution").
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pytest_kata.lab.model import GPT2
from pytest_kata.lab.tokenizer import Tokenizer

LONGEST = 64
"""Tokens of a text that are read, from its start."""

Example = tuple[str, int]


class Classifier(nn.Module):
    """A language model's body, the mean of its vectors over a text, and a linear head.

    The head sees each component of the mean with the spread that it had over the training texts
    taken out, so that rates and decay mean the same for every body.
    """

    shift: Tensor
    scale: Tensor

    def __init__(
        self, model: GPT2, tokenizer: Tokenizer, classes: int, *, longest: int = LONGEST
    ) -> None:
        """Takes a copy of the model's body; the head starts at zero."""
        super().__init__()
        self.tokenizer = tokenizer
        self.longest = min(longest, model.config.n_positions)
        self.body = copy.deepcopy(model.transformer)
        self.head = nn.Linear(model.config.n_embd, classes)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.register_buffer("shift", torch.zeros(model.config.n_embd))
        self.register_buffer("scale", torch.ones(model.config.n_embd))

    def encode(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """The ids (B, T), filled up on the right, and how many of each row are the text's (B,)."""
        end = self.tokenizer.end_of_text
        rows = [[end, *self.tokenizer.encode(text)][: self.longest] for text in texts]
        lengths = torch.tensor([len(row) for row in rows])
        most = int(lengths.max())
        return torch.tensor([row + [end] * (most - len(row)) for row in rows]), lengths

    def pool(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Ids (B, T) and lengths (B,) → the mean vector of each text (B, C)."""
        inside = torch.arange(ids.shape[1]) < lengths[:, None]
        total: Tensor = (self.body(ids) * inside[:, :, None]).sum(dim=1)
        return (total / lengths[:, None] - self.shift) / self.scale

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Ids (B, T) and lengths (B,) → logits (B, classes)."""
        logits: Tensor = self.head(self.pool(ids, lengths))
        return logits

    @torch.no_grad()
    def vectors(self, texts: Sequence[str], batch: int = 32) -> Tensor:
        """The mean vector of each text (B, C), without dropout; texts of a length go together."""
        self.eval()
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        found = torch.empty(len(texts), self.head.in_features)
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            found[chosen] = self.pool(*self.encode([texts[n] for n in chosen]))
        return found

    @torch.no_grad()
    def predict(self, texts: Sequence[str]) -> list[int]:
        """The likeliest class of each text."""
        chosen: list[int] = self.head(self.vectors(texts)).argmax(dim=1).tolist()
        return chosen

    def accuracy(self, examples: Sequence[Example]) -> float:
        """The share of (text, label) pairs whose label is the likeliest class."""
        texts, labels = zip(*examples, strict=True)
        hits: int = sum(a == b for a, b in zip(self.predict(texts), labels, strict=True))
        return hits / len(examples)


def fine_tune(
    model: GPT2,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    *,
    steps: int = 30,
    batch: int = 16,
    rate: float = 3e-4,
    decay: float = 0.3,
    seed: int = 0,
) -> Classifier:
    """A classifier trained on (text, label) pairs; the model stays as it is.

    First the head alone, with a penalty of `decay` on its weights, to its minimum; then `steps`
    steps on everything, `rate` falling to zero. `steps=0` keeps the body frozen, and takes a tenth
    of the time. Seeded: the same call gives the same weights.
    """
    texts, labels = [text for text, _ in examples], torch.tensor([y for _, y in examples])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        classifier = Classifier(model, tokenizer, int(labels.max()) + 1)
        _fit_head(classifier, classifier.vectors(texts), labels, decay)
        _fit_all(classifier, texts, labels, steps, batch, rate, decay)
    return classifier.eval()


def _fit_head(classifier: Classifier, vectors: Tensor, labels: Tensor, decay: float) -> None:
    """Sets shift and scale to those of the vectors (B, C), and the head to its minimum on them."""
    classifier.shift = vectors.mean(dim=0)
    classifier.scale = vectors.std(dim=0) + 1e-5
    known, head = (vectors - classifier.shift) / classifier.scale, classifier.head
    search = torch.optim.LBFGS(head.parameters(), max_iter=50, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        search.zero_grad()
        value = F.cross_entropy(head(known), labels) + decay * head.weight.square().sum() / 2
        value.backward()  # type: ignore[no-untyped-call]
        return value

    search.step(loss)  # type: ignore[no-untyped-call]


def _fit_all(
    classifier: Classifier,
    texts: list[str],
    labels: Tensor,
    steps: int,
    batch: int,
    rate: float,
    decay: float,
) -> None:
    optimizer = torch.optim.AdamW(classifier.parameters(), lr=rate, weight_decay=0.01)
    classifier.train()
    order: list[int] = []
    for step in range(steps):
        if len(order) < min(batch, len(texts)):
            order = torch.randperm(len(texts)).tolist()
        chosen, order = order[:batch], order[batch:]
        for group in optimizer.param_groups:
            group["lr"] = rate * (1 - step / steps)
        logits = classifier(*classifier.encode([texts[n] for n in chosen]))
        penalty = decay * classifier.head.weight.square().sum() / 2
        loss = F.cross_entropy(logits, labels[chosen]) + penalty
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
