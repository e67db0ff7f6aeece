"""Does pre-training help? The shipped model against the same one untrained, and against counting
words, on the two labelled tasks of the lab, with few labels.

    python tests/benchmarks/pretraining.py --plot few_labels.svg           20 seeds, 20 minutes
    python tests/benchmarks/pretraining.py --seeds 5 --sizes 16
    python tests/benchmarks/pretraining.py --tune            which settings are best: other seeds,
                                                             validation split

A seed draws which labelled texts of the train split may be seen; every contender gets the same
ones, and is measured on the whole test split. Fine-tuned and untrained models get the same number
of steps, each the rate and the penalty that were best for it with --tune; so does the bag of words,
a logistic regression on which words are there. On sentiment the pretrained model is asked a
question (see `pytest_kata/lab/classify.py`), and "asked, no labels" is what it answers before it
has seen any label. Some rows more, for honesty. "TF-IDF" is the bag of words, the rarer of the
labelled texts have a word the more it counts. The others show what can be had from the same
unlabelled text without a language model: "rarity" is TF-IDF with what is rare in that text, "word
vectors" is that reduced by an SVD of the text, and "words of praise", on sentiment only, a bag of
words that learns from 4,000 composed reviews which words go with a friendly ending, and sees no
label. The aim: with 16 labels a class the pretrained model leads the untrained one and the bag of
words by ten points or more, and no seed is lost.
"""

from __future__ import annotations

import argparse
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from statistics import mean

import torch
import torch.nn.functional as F
from torch import Tensor

from pytest_kata.lab import opinions, reviews, text
from pytest_kata.lab.checkpoint import SHIPPED, load_checkpoint, load_config, load_tokenizer
from pytest_kata.lab.classify import RECOMMEND, Classifier, Example, Question, fine_tune
from pytest_kata.lab.model import GPT2
from pytest_kata.lab.plot import svg

SIZES = (4, 8, 16, 64)  # labels a class
STEPS = 10
DIMENSIONS = {"docstrings": 200, "sentiment": 100}
QUESTIONS: dict[str, Question | None] = {"docstrings": None, "sentiment": RECOMMEND}

# What --tune found, by task.
RATES = {
    "fine-tuned": {"docstrings": 1e-3, "sentiment": 1e-4},
    "untrained": {"docstrings": 3e-3, "sentiment": 1e-4},
}
DECAYS = {
    "fine-tuned": {"docstrings": 0.001, "sentiment": 30.0},
    "untrained": {"docstrings": 0.0001, "sentiment": 0.0001},
    "bag of words": {"docstrings": 0.0003, "sentiment": 0.03},
    "TF-IDF": {"docstrings": 0.001, "sentiment": 0.003},
    "rarity": {"docstrings": 0.001, "sentiment": 0.001},
    "word vectors": {"docstrings": 1.0, "sentiment": 1.0},
}

DRAWN = ("pretrained, fine-tuned", "pretrained, frozen", "untrained", "bag of words", "TF-IDF")
LED = ("untrained", "bag of words", "TF-IDF", "rarity")

Contender = Callable[[Sequence[Example], Sequence[Example], int], float]
"""(labelled texts to learn from, to be measured on, seed) → accuracy."""

TASKS: dict[str, Callable[[str], list[Example]]] = {
    "docstrings": text.labelled,
    "sentiment": reviews.labelled,
}


def words(said: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?", said.lower())


def draw(examples: Sequence[Example], per_class: int, seed: int) -> list[Example]:
    """`per_class` examples of every class; larger draws with the same seed contain smaller ones."""
    chosen = []
    for label in sorted({label for _, label in examples}):
        own = [example for example in examples if example[1] == label]
        chosen += Random(seed).sample(own, len(own))[:per_class]
    return chosen


def table(texts: Sequence[str], columns: dict[str, int], weight: Tensor | float = 1.0) -> Tensor:
    """Which words are in which text, by their weights: (texts, words), each row of length one."""
    found = torch.zeros(len(texts), len(columns))
    for row, said in enumerate(texts):
        found[row, [columns[word] for word in set(words(said)) if word in columns]] = 1.0
    return F.normalize(found * weight, dim=1)


class Rarity:
    """How rare a word is: the logarithm of the share of texts that have it, the sign turned."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.size = len(texts)
        self.counts = Counter(word for said in texts for word in set(words(said)))

    def __call__(self, known: Sequence[str]) -> Tensor:
        counts = torch.tensor([self.counts[word] for word in known])
        return torch.log((1 + self.size) / (1 + counts))


def logistic(known: Tensor, labels: Tensor, decay: float) -> Callable[[Tensor], Tensor]:
    """The minimum of the cross-entropy plus the penalty; gives the logits of other rows."""
    weight = torch.zeros(known.shape[1], int(labels.max()) + 1, requires_grad=True)
    bias = torch.zeros(weight.shape[1], requires_grad=True)
    search = torch.optim.LBFGS([weight, bias], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        search.zero_grad()
        penalty = decay * weight.square().sum() / 2
        value = F.cross_entropy(known @ weight + bias, labels) + penalty
        value.backward()
        return value

    search.step(loss)
    return lambda rows: (rows @ weight + bias).detach()


def accuracy(logits: Tensor, examples: Sequence[Example]) -> float:
    labels = torch.tensor([label for _, label in examples])
    return (logits.argmax(dim=1) == labels).float().mean().item()


def bag_of_words(
    learn: Sequence[Example],
    test: Sequence[Example],
    seed: int,
    *,
    decay: float,
    rarity: Callable[[Sequence[str]], Tensor | float] = lambda known: 1.0,
) -> float:
    known = sorted({word for said, _ in learn for word in words(said)})
    columns, weight = {word: column for column, word in enumerate(known)}, rarity(known)
    labels = torch.tensor([label for _, label in learn])
    found = logistic(table([said for said, _ in learn], columns, weight), labels, decay)
    return accuracy(found(table([said for said, _ in test], columns, weight)), test)


def tf_idf(learn: Sequence[Example], test: Sequence[Example], seed: int, *, decay: float) -> float:
    rarity = Rarity([said for said, _ in learn])
    return bag_of_words(learn, test, seed, decay=decay, rarity=rarity)


class WordVectors:
    """TF-IDF, reduced to the first components of the texts that it is made from."""

    def __init__(self, texts: Sequence[str], dimensions: int) -> None:
        rarity = Rarity(texts)
        known = [word for word, count in rarity.counts.most_common(3000) if count > 1]
        self.columns = {word: column for column, word in enumerate(known)}
        self.weight = rarity(known)
        torch.manual_seed(0)
        _, _, self.axes = torch.pca_lowrank(self._weighed(texts), dimensions, niter=4)

    def _weighed(self, texts: Sequence[str]) -> Tensor:
        return table(texts, self.columns, self.weight)

    def __call__(
        self, learn: Sequence[Example], test: Sequence[Example], seed: int, *, decay: float
    ) -> float:
        known, rows = (self._weighed([said for said, _ in e]) @ self.axes for e in (learn, test))
        shift, scale = known.mean(dim=0), known.std(dim=0) + 1e-5
        labels = torch.tensor([label for _, label in learn])
        found = logistic((known - shift) / scale, labels, decay)
        return accuracy(found((rows - shift) / scale), test)


class Once:
    """A contender that needs no labels: one accuracy for all."""

    def __init__(self, take: Callable[[], float]) -> None:
        self.taken = take()

    def __call__(self, learn: Sequence[Example], test: Sequence[Example], seed: int) -> float:
        return self.taken


def praise() -> float:
    """A bag of words that takes the ending of composed reviews for a label."""
    bank, labelled = opinions.bank(), []
    for said in opinions.compose(4000, seed=1):
        for label, side in enumerate(opinions.SIDES):
            for ending in bank[f"{side} endings"]:
                if said.endswith(f" {ending}."):
                    labelled.append((said.removesuffix(f" {ending}."), label))
    return bag_of_words(labelled, reviews.labelled("test"), 0, decay=0.0001)


def asked() -> float:
    """The model's own answer, no label seen; half of the texts count as positive."""
    test = reviews.labelled("test")
    classifier = Classifier(load_checkpoint(), load_tokenizer(), 2, question=RECOMMEND)
    with torch.no_grad():
        answers = classifier.head(classifier.vectors([said for said, _ in test]))
    lead = answers[:, 1] - answers[:, 0]
    return accuracy(torch.stack([lead.median() - lead, lead - lead.median()], dim=1), test)


def pretrained(
    learn: Sequence[Example],
    test: Sequence[Example],
    seed: int,
    *,
    task: str,
    steps: int = STEPS,
    rate: float | None = None,
    decay: float | None = None,
) -> float:
    classifier = fine_tune(
        load_checkpoint(),
        load_tokenizer(),
        learn,
        question=QUESTIONS[task],
        steps=steps,
        rate=rate or RATES["fine-tuned"][task],
        decay=decay or DECAYS["fine-tuned"][task],
        seed=seed,
    )
    return classifier.accuracy(test)


def untrained(
    learn: Sequence[Example],
    test: Sequence[Example],
    seed: int,
    *,
    task: str,
    rate: float | None = None,
    decay: float | None = None,
) -> float:
    config, tokenizer = load_config(SHIPPED), load_tokenizer()
    classifier = fine_tune(
        GPT2(config, generator=torch.Generator().manual_seed(seed)),
        tokenizer,
        learn,
        steps=STEPS,
        rate=rate or RATES["untrained"][task],
        decay=decay or DECAYS["untrained"][task],
        seed=seed,
    )
    return classifier.accuracy(test)


def contenders(task: str) -> dict[str, Contender]:
    if task == "sentiment":
        read = [*reviews.unlabelled(), *opinions.compose(5000)]
    else:
        read = [piece for document in text.corpus("train") for piece in document.split("\n\n")]
    vectors = WordVectors(read, DIMENSIONS[task])
    found: dict[str, Contender] = {
        "pretrained, fine-tuned": partial(pretrained, task=task),
        "pretrained, frozen": partial(pretrained, task=task, steps=0),
        "untrained": partial(untrained, task=task),
        "bag of words": partial(bag_of_words, decay=DECAYS["bag of words"][task]),
        "TF-IDF": partial(tf_idf, decay=DECAYS["TF-IDF"][task]),
        "rarity": partial(bag_of_words, decay=DECAYS["rarity"][task], rarity=Rarity(read)),
        "word vectors": partial(vectors, decay=DECAYS["word vectors"][task]),
    }
    if task == "sentiment":
        found |= {"words of praise": Once(praise), "asked, no labels": Once(asked)}
    return found


def measure(
    task: str, some: dict[str, Contender], sizes: Sequence[int], seeds: Sequence[int], split: str
) -> dict[str, dict[int, list[float]]]:
    """Accuracies by contender and labels a class, one a seed, in the order of the seeds."""
    train, test = TASKS[task]("train"), TASKS[task](split)
    found: dict[str, dict[int, list[float]]] = {name: {n: [] for n in sizes} for name in some}
    for size in sizes:
        for seed in seeds:
            learn = draw(train, size, seed)
            for name, contender in some.items():
                found[name][size].append(contender(learn, test, seed))
    return found


def show(size: int, rows: dict[str, list[float]]) -> None:
    """The table for one number of labels; leads are paired by seed."""
    print(f"  {size} labels a class")
    for name, values in rows.items():
        line = f"    {name:24} {mean(values):.3f}  {min(values):.3f}"
        for start in ("fine-tuned", "frozen"):
            if name in LED:
                pairs = list(zip(rows[f"pretrained, {start}"], values, strict=True))
                lead, lost = 100 * mean(a - b for a, b in pairs), sum(a < b for a, b in pairs)
                line += f"  | {start} {lead:+5.1f}, {lost} lost"
        print(line, flush=True)


def draw_plot(found: dict[str, dict[str, dict[int, list[float]]]], path: Path) -> None:
    """One picture a task, beside `path`."""
    for task, contestants in found.items():
        curves = {
            name: [(math.log2(size), 100 * mean(values)) for size, values in sorted(rows.items())]
            for name, rows in contestants.items()
            if name in DRAWN
        }
        marks = {math.log2(size): str(size) for rows in contestants.values() for size in rows}
        names = (f"Few labels: {task}", "labels a class", "% right on the test split")
        picture = svg(*names, curves, {}, marks=marks)
        path.with_stem(f"{path.stem}_{task}").write_text(picture, encoding="utf-8")


def settings(task: str) -> dict[str, list[Contender]]:
    """What --tune tries."""
    asks = QUESTIONS[task] is not None
    pulls, rates = ((3.0, 10.0, 30.0) if asks else (3e-4, 1e-3, 3e-3)), (1e-4, 3e-4, 1e-3, 2e-3)
    penalties = (0.0003, 0.001, 0.003, 0.01, 0.03)
    tuned, fresh = partial(pretrained, task=task), partial(untrained, task=task)
    return {
        "frozen": [partial(tuned, steps=0, decay=pull) for pull in pulls],
        "fine-tuned": [partial(tuned, rate=rate) for rate in rates],
        "untrained": [
            partial(fresh, rate=rate, decay=decay)
            for rate in (1e-4, 1e-3, 3e-3)
            for decay in (1e-4, 1e-3, 1e-2)
        ],
        "bag of words": [partial(bag_of_words, decay=decay) for decay in penalties],
        "TF-IDF": [partial(tf_idf, decay=decay) for decay in penalties],
    }


def tune(tasks: Sequence[str], seeds: Sequence[int]) -> None:
    """Prints the mean accuracy of settings on the validation split, at 16 labels a class."""
    for task in tasks:
        for name, tried in settings(task).items():
            some: dict[str, Contender] = {str(f.keywords): f for f in tried}
            for options, rows in measure(task, some, (16,), seeds, "validation").items():
                print(f"{task:11} {name:13} {mean(rows[16]):.3f}  {options}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="labels a class")
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--tune", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    if args.tune:
        tune(args.tasks, range(1000, 1000 + args.seeds))
        return
    found: dict[str, dict[str, dict[int, list[float]]]] = {}
    for task in args.tasks:
        some, begin = contenders(task), time.perf_counter()
        print(f"\n{task}, {args.seeds} seeds: mean, worst seed | lead in points, seeds lost")
        for size in args.sizes:
            rows = measure(task, some, (size,), range(args.seeds), "test")
            show(size, {name: sizes[size] for name, sizes in rows.items()})
            for name, sizes in rows.items():
                found.setdefault(task, {}).setdefault(name, {}).update(sizes)
        print(f"  took {time.perf_counter() - begin:.0f} s", flush=True)
    if args.plot:
        draw_plot(found, args.plot)


if __name__ == "__main__":
    main()
