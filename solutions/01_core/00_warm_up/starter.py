"""Warm up: how a kata works.

This kata is solved already. Run it, break it, read what you see, and mend it:

1. Run `pytest katas/`. The bar has moved: this kata passes.
2. Change the `*` below into a `+`, save, and run again. One failure is shown: what was checked,
   what the code did, where, and how far off it is. The other katas stay quiet.
3. Change it back and run again. `kata next` tells you where to go from here.

The function itself is real. Every schedule, every learning curve and every bill of a training
run is counted in tokens, and it starts from this product.

    tokens_per_step(batch_size=4, sequence_length=8) -> 32
    tokens_per_step(batch_size=4, sequence_length=8, accumulation=3) -> 96
"""


def tokens_per_step(batch_size: int, sequence_length: int, accumulation: int = 1) -> int:
    """How many tokens one optimizer step learns from.

    `accumulation` is the number of batches whose gradients are added up before the step.
    """
    return batch_size * sequence_length * accumulation
