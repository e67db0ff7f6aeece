"""Fine-tuning a language model to classify short texts: its body, one vector a text, a head.

    model, tokenizer = load_checkpoint(), load_tokenizer()
    classifier = fine_tune(model, tokenizer, examples)
    classifier.accuracy(held_out)

The vector is a mean over the text's tokens, of what they are (their embeddings) beside what they
mean here (the body's last layer). A mean blurs rare names, so beside it stand the tokens
themselves, a number for each of the vocabulary (Cheng et al. 2016, "Wide & Deep Learning for
Recommender Systems"). In both, the rarer a token the more it counts: a / (a + p), p being the share
of the token in such texts (Arora et al. 2017, "A Simple but Tough-to-Beat Baseline for Sentence
Embeddings"), as the model expects it.

Where the classes are something that the model would say next, a question put after the text does
better: `fine_tune(..., question=RECOMMEND)` asks how " I do" goes on, " not" or " recommend", takes
the vector of the last token, and starts the head from the model's own weights for those two words
(Schick and Schütze 2021, "Exploiting Cloze Questions for Few Shot Text Classification and Natural
Language Inference").

With few labels, training everything at once spoils what pre-training has taught before the head
knows what it wants. So the head is trained first, on the vectors of the body as it is, and then
everything together at a small rate (Kumar et al. 2022, "Fine-Tuning can Distort Pretrained Features
and Underperform Out-of-Distribution").
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pytest_kata.lab.model import GPT2
from pytest_kata.lab.tokenizer import Tokenizer

LONGEST = 128
"""Tokens of a text that are read, from its start."""

SAMPLE = 40  # texts, from which the shares of tokens are taken
COMMON = 1e-3
"""The share of a token that counts half of what a very rare one does: `a` above."""
MEANS = 0.3
"""How long the part of a vector is that are means, in its spread; that of the tokens is 1 long."""
PART = 4  # texts of about one length, which are read at once while training: padding costs time

Example = tuple[str, int]


@dataclass(frozen=True)
class Question:
    """What is put after a text, and for each class the word that answers it. Only the first token
    of an answer counts."""

    text: str
    answers: tuple[str, ...]


RECOMMEND = Question(" I do", (" not", " recommend"))
"""For reviews: negative, positive."""


class Classifier(nn.Module):
    """A language model's body and a linear head on one vector a text: two means over its tokens and
    the tokens themselves, side by side, or, with a question, what the last token of that has seen.

    The mean of the training texts' vectors is taken off, and their spread made the same for every
    body, so that rates and decay mean the same; the tokens, and answers to a question, keep theirs.
    """

    shift: Tensor
    scale: Tensor
    weight: Tensor  # of each token of the vocabulary

    def __init__(
        self,
        model: GPT2,
        tokenizer: Tokenizer,
        classes: int,
        *,
        question: Question | None = None,
        longest: int = LONGEST,
    ) -> None:
        """Takes a copy of the model's body. The head starts at zero, or from the answers."""
        super().__init__()
        self.tokenizer = tokenizer
        self.question = tokenizer.encode(question.text) if question else []
        self.longest = min(longest, model.config.n_positions) - len(self.question)
        self.body = copy.deepcopy(model.transformer)
        width = model.config.n_embd
        if not question:
            width = 2 * width + model.config.vocab_size
        self.head = nn.Linear(width, classes)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        if question:
            answers = [tokenizer.encode(answer)[0] for answer in question.answers]
            self.head.weight.data = self.body.wte.weight.detach()[answers]
        self.register_buffer("shift", torch.zeros(width))
        self.register_buffer("scale", torch.ones(width))
        self.register_buffer("weight", torch.ones(model.config.vocab_size))

    def encode(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """The ids (B, T), filled up on the right, and how many of each row are the text's (B,)."""
        end = self.tokenizer.end_of_text
        rows = [[end, *self.tokenizer.encode(text)][: self.longest] for text in texts]
        rows = [row + self.question for row in rows]
        lengths = torch.tensor([len(row) for row in rows])
        most = int(lengths.max())
        return torch.tensor([row + [end] * (most - len(row)) for row in rows]), lengths

    def pool(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Ids (B, T) and lengths (B,) → the vector of each text (B, C)."""
        hidden: Tensor = self.body(ids)
        if self.question:
            found = hidden[torch.arange(len(ids)), lengths - 1]
        else:
            here = torch.arange(ids.shape[1]) < lengths[:, None]
            weight = self.weight[ids] * here
            weight = weight / weight.sum(dim=1, keepdim=True)
            both = torch.cat([self.body.wte(ids), hidden], dim=2)
            means = (weight[:, None] @ both)[:, 0]
            counts = torch.zeros(len(ids), len(self.weight))
            counts.scatter_add_(1, ids[:, 1:], here[:, 1:].float())  # every text has the first
            tokens = F.normalize(counts.sqrt() * self.weight, dim=1)
            found = torch.cat([means, tokens], dim=1)
        return (found - self.shift) / self.scale

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Ids (B, T) and lengths (B,) → logits (B, classes)."""
        logits: Tensor = self.head(self.pool(ids, lengths))
        return logits

    @torch.no_grad()
    def vectors(self, texts: Sequence[str], batch: int = 32) -> Tensor:
        """The vector of each text (B, C), without dropout; texts of a length go together."""
        self.eval()
        found = torch.empty(len(texts), self.head.in_features)
        for part in _parts(texts, range(len(texts)), batch):
            found[part] = self.pool(*self.encode([texts[n] for n in part]))
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
    question: Question | None = None,
    steps: int = 10,
    batch: int = 16,
    rate: float = 3e-4,
    decay: float = 1e-3,
    longest: int = LONGEST,
    seed: int = 0,
) -> Classifier:
    """A classifier trained on (text, label) pairs; the model stays as it is.

    First the head alone, to its minimum, `decay` pulling it back to where it started; then `steps`
    steps on everything, `rate` falling to zero. `steps=0` keeps the body frozen, in a quarter of
    the time. With a question a large `decay` (30) serves best: few labels know less than the model.
    Seeded: the same call gives the same weights.
    """
    texts, labels = [text for text, _ in examples], torch.tensor([y for _, y in examples])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        classes = int(labels.max()) + 1
        classifier = Classifier(model, tokenizer, classes, question=question, longest=longest)
        start, head = classifier.head.weight.detach().clone(), classifier.head

        def penalty() -> Tensor:
            return decay * (head.weight - start).square().sum() / 2

        if not question:
            classifier.weight = COMMON / (COMMON + _expected(model, classifier, texts))
        vectors = classifier.vectors(texts)
        classifier.shift = vectors.mean(dim=0)
        if not question:
            means = 2 * model.config.n_embd
            classifier.shift[means:] = 0.0
            classifier.scale[:means] = (vectors[:, :means].std(dim=0) + 1e-5) * means**0.5 / MEANS
        _fit_head(head, (vectors - classifier.shift) / classifier.scale, labels, penalty)
        optimizer = torch.optim.AdamW(classifier.parameters(), lr=rate, weight_decay=0.01)
        classifier.train()
        order: list[int] = []
        for step in range(steps):
            if len(order) < min(batch, len(texts)):
                order = torch.randperm(len(texts)).tolist()
            chosen, order = order[:batch], order[batch:]
            for group in optimizer.param_groups:
                group["lr"] = rate * (1 - step / steps)
            optimizer.zero_grad()
            penalty().backward()  # type: ignore[no-untyped-call]
            for part in _parts(texts, chosen, PART):
                logits = classifier(*classifier.encode([texts[n] for n in part]))
                value = F.cross_entropy(logits, labels[part], reduction="sum") / len(chosen)
                value.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return classifier.eval()


def _parts(texts: Sequence[str], chosen: Sequence[int], size: int) -> list[list[int]]:
    """The chosen texts by length, in parts of that size."""
    order = sorted(chosen, key=lambda n: len(texts[n]))
    return [order[start : start + size] for start in range(0, len(order), size)]


@torch.no_grad()
def _expected(model: GPT2, classifier: Classifier, texts: Sequence[str]) -> Tensor:
    """The share of each token (V,) that the model expects in such texts, after what it reads."""
    was_training = model.training
    model.eval()
    shares = torch.zeros(model.config.vocab_size)
    sample = texts[:SAMPLE]
    for part in _parts(sample, range(len(sample)), PART):
        ids, lengths = classifier.encode([sample[n] for n in part])
        here = (torch.arange(ids.shape[1]) < lengths[:, None]) / lengths[:, None]
        shares += (here[:, None] @ model(ids).softmax(dim=2)).sum(dim=(0, 1))
    model.train(was_training)
    return shares / len(sample)


def _fit_head(
    head: nn.Linear, vectors: Tensor, labels: Tensor, penalty: Callable[[], Tensor]
) -> None:
    """Brings the head to the minimum of loss and penalty on the vectors (B, C)."""
    search = torch.optim.LBFGS(head.parameters(), max_iter=50, line_search_fn="strong_wolfe")

    def evaluate() -> Tensor:
        search.zero_grad()
        value = F.cross_entropy(head(vectors), labels) + penalty()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    search.step(evaluate)  # type: ignore[no-untyped-call]
