"""Does pre-training help? The shipped model against the same one untrained, and against counting
words, on the two labelled tasks of the lab, with few labels.

    python tests/benchmarks/pretraining.py --plot few_labels.svg           20 seeds, about an hour
    python tests/benchmarks/pretraining.py --seeds 5 --sizes 16
    python tests/benchmarks/pretraining.py --tune            which settings are best: other seeds,
                                                             validation split

A seed draws which labelled texts of the train split may be seen; every contender gets the same
ones, and is measured on the whole test split. Fine-tuned and untrained models get the same number
of steps, each the rate that was best for it with --tune. The bag of words is a logistic regression
on which words are there, its penalty tuned in the same way. "word vectors" is a logistic regression
on TF-IDF reduced by an SVD of the text that the model was pre-trained on: what can be had from that
text without a language model. The aim: with 16 labels a class the pretrained model leads the
untrained one and the bag of words by ten points or more, and no seed is lost.
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
from pytest_kata.lab.checkpoint import load_checkpoint, load_tokenizer
from pytest_kata.lab.classify import Example, fine_tune
from pytest_kata.lab.model import GPT2
from pytest_kata.lab.plot import svg

SIZES = (4, 8, 16, 64)  # labels a class
STEPS = 30
RATES = {"fine-tuned": 3e-4, "untrained": 1e-3}
DECAYS = {"bag of words": 0.03, "word vectors": 0.3, "frozen": 0.3, "fine-tuned": 0.3}
DIMENSIONS = 100
AHEAD = 10.0  # points

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


def table(texts: Sequence[str], columns: dict[str, int]) -> Tensor:
    """Which words are in which text: (texts, words) of 0 and 1, each row of length one."""
    found = torch.zeros(len(texts), len(columns))
    for row, said in enumerate(texts):
        found[row, [columns[word] for word in set(words(said)) if word in columns]] = 1.0
    return F.normalize(found, dim=1)


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
    learn: Sequence[Example], test: Sequence[Example], seed: int, *, decay: float
) -> float:
    known = sorted({word for said, _ in learn for word in words(said)})
    columns = {word: column for column, word in enumerate(known)}
    labels = torch.tensor([label for _, label in learn])
    found = logistic(table([said for said, _ in learn], columns), labels, decay)
    return accuracy(found(table([said for said, _ in test], columns)), test)


class WordVectors:
    """TF-IDF, reduced to the first components of the texts that it is made from."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = Counter(word for said in texts for word in set(words(said)))
        known = [word for word, count in counts.most_common(3000) if count > 1]
        self.columns = {word: column for column, word in enumerate(known)}
        self.rarity = torch.tensor([math.log(len(texts) / counts[word]) for word in known])
        weighed = self._weighed(texts)
        _, _, self.axes = torch.pca_lowrank(weighed, DIMENSIONS, niter=4)

    def _weighed(self, texts: Sequence[str]) -> Tensor:
        return F.normalize(table(texts, self.columns) * self.rarity, dim=1)

    def __call__(
        self, learn: Sequence[Example], test: Sequence[Example], seed: int, *, decay: float
    ) -> float:
        known, rows = (self._weighed([said for said, _ in e]) @ self.axes for e in (learn, test))
        shift, scale = known.mean(dim=0), known.std(dim=0) + 1e-5
        labels = torch.tensor([label for _, label in learn])
        found = logistic((known - shift) / scale, labels, decay)
        return accuracy(found((rows - shift) / scale), test)


def pretrained(
    learn: Sequence[Example],
    test: Sequence[Example],
    seed: int,
    *,
    steps: int = STEPS,
    rate: float = RATES["fine-tuned"],
    decay: float = DECAYS["fine-tuned"],
) -> float:
    classifier = fine_tune(
        load_checkpoint(), load_tokenizer(), learn, steps=steps, rate=rate, decay=decay, seed=seed
    )
    return classifier.accuracy(test)


def untrained(
    learn: Sequence[Example],
    test: Sequence[Example],
    seed: int,
    *,
    steps: int = STEPS,
    rate: float = RATES["untrained"],
    decay: float = DECAYS["fine-tuned"],
) -> float:
    config = load_checkpoint().config
    model = GPT2(config, generator=torch.Generator().manual_seed(seed))
    tokenizer = load_tokenizer()
    classifier = fine_tune(model, tokenizer, learn, steps=steps, rate=rate, decay=decay, seed=seed)
    return classifier.accuracy(test)


def contenders(task: str) -> dict[str, Contender]:
    if task == "sentiment":
        read = [*reviews.unlabelled(), *opinions.compose(5000)]
    else:
        read = [piece for document in text.corpus("train") for piece in document.split("\n\n")]
    vectors = WordVectors(read)
    return {
        "pretrained, fine-tuned": pretrained,
        "pretrained, frozen": partial(pretrained, steps=0, decay=DECAYS["frozen"]),
        "untrained": untrained,
        "bag of words": partial(bag_of_words, decay=DECAYS["bag of words"]),
        "word vectors": partial(vectors, decay=DECAYS["word vectors"]),
    }


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


def show(task: str, found: dict[str, dict[int, list[float]]], took: dict[str, float]) -> None:
    best = found["pretrained, fine-tuned"]
    seeds = len(next(iter(best.values())))
    print(f"\n{task}, {seeds} seeds: mean accuracy, worst seed | lead in points, seeds lost")
    for size in best:
        print(f"  {size} labels a class")
        for name, rows in found.items():
            line = f"    {name:24} {mean(rows[size]):.3f}  {min(rows[size]):.3f}"
            for start in ("pretrained, fine-tuned", "pretrained, frozen"):
                if not name.startswith("pretrained"):
                    pairs = list(zip(found[start][size], rows[size], strict=True))
                    lead = 100 * mean(a - b for a, b in pairs)
                    line += f"  | {start[12:]} {lead:+5.1f}, {sum(a < b for a, b in pairs)} lost"
            print(line, flush=True)


def draw_plot(found: dict[str, dict[str, dict[int, list[float]]]], path: Path) -> None:
    """One picture a task, beside `path`."""
    for task, contestants in found.items():
        curves = {
            name: [(math.log2(size), 100 * mean(values)) for size, values in rows.items()]
            for name, rows in contestants.items()
        }
        marks = {math.log2(size): str(size) for rows in contestants.values() for size in rows}
        names = (f"Few labels: {task}", "labels a class", "% right on the test split")
        picture = svg(*names, curves, {}, marks=marks)
        path.with_stem(f"{path.stem}_{task}").write_text(picture, encoding="utf-8")


TRIED = {
    "fine-tuned": [
        (pretrained, {"rate": r, "decay": d}) for r in (1e-4, 3e-4, 1e-3) for d in (0.1, 0.5)
    ],
    "frozen": [(pretrained, {"steps": 0, "decay": d}) for d in (0.03, 0.1, 0.3, 1.0)],
    "untrained": [
        (untrained, {"rate": r, "decay": d}) for r in (3e-4, 1e-3, 3e-3) for d in (0.1, 0.5)
    ],
    "bag of words": [(bag_of_words, {"decay": d}) for d in (0.001, 0.003, 0.01, 0.03, 0.1)],
}


def tune(seeds: Sequence[int]) -> None:
    """Prints the mean accuracy of settings on the validation split, at 16 labels a class."""
    for task in TASKS:
        for name, settings in TRIED.items():
            some = {str(options): partial(f, **options) for f, options in settings}
            found = measure(task, some, (16,), seeds, "validation")
            for options, rows in found.items():
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
        tune(range(1000, 1000 + args.seeds))
        return
    found = {}
    for task in args.tasks:
        begin = time.perf_counter()
        found[task] = measure(task, contenders(task), args.sizes, range(args.seeds), "test")
        show(task, found[task], {})
        print(f"  took {time.perf_counter() - begin:.0f} s", flush=True)
    if args.plot:
        draw_plot(found, args.plot)


if __name__ == "__main__":
    main()
