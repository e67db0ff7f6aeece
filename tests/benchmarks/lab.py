"""What the lab costs, in processor time of one thread: checkpoint, fine-tuning run, tiny model.

python tests/benchmarks/lab.py
python tests/benchmarks/lab.py --texts 320 --steps 1000
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from turns import Taken, parser, show, take_turns

# isort: split
from pytest_kata.lab import reviews, text
from pytest_kata.lab.checkpoint import load_checkpoint, load_tokenizer
from pytest_kata.lab.classify import RECOMMEND, fine_tune
from pytest_kata.lab.model import GPT2, TINY

LOAD, TINY_STEP = "load the checkpoint", "a step of the tiny model"
SHORT, LONG = "fine-tune on reviews", "fine-tune on docstrings"


def worked(action: Callable[[], object]) -> float:
    """Seconds that the processor works: with one thread, those that an idle machine would take."""
    begin = time.process_time()
    action()
    return time.process_time() - begin


def train(seed: int, steps: int) -> None:
    """The tiny model, on 16 rows of 32 tokens a step, with the fused form of AdamW."""
    dice = torch.Generator().manual_seed(seed)
    model = GPT2(TINY, generator=dice)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, fused=True)
    for rows in torch.randint(TINY.vocab_size, (steps, 16, 33), generator=dice):
        loss = F.cross_entropy(model(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def measure(rounds: int, texts: int, steps: int) -> Taken:
    model, tokenizer = load_checkpoint(), load_tokenizer()
    said, documented = (source.labelled("train")[:texts] for source in (reviews, text))

    def short(seed: int) -> None:
        fine_tune(model, tokenizer, said, question=RECOMMEND, decay=30.0, seed=seed)

    return take_turns(
        {
            LOAD: lambda _: worked(load_checkpoint),
            SHORT: lambda n: worked(lambda: short(n)),
            LONG: lambda n: worked(lambda: fine_tune(model, tokenizer, documented, seed=n)),
            TINY_STEP: lambda n: worked(lambda: train(n, steps)) / steps,
        },
        rounds,
    )


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--texts", type=int, default=80, help="to fine-tune on")
    arguments.add_argument("--steps", type=int, default=100, help="of the tiny model")
    args = arguments.parse_args()
    torch.set_num_threads(1)
    taken = measure(args.rounds, args.texts, args.steps)
    show(f"The lab, {args.texts} texts, processor time", taken,
         "50 ms for the checkpoint", "1 s for 80 short texts",
         f"300 steps a second; here {1 / statistics.median(taken[TINY_STEP]):.0f}")  # fmt: skip


if __name__ == "__main__":
    main()
