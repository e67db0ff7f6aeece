"""Start from pretrained weights.

Pre-training gives a model its initial weights: general patterns to start from. A model from
scratch starts from noise. Transfer them carelessly and nothing crashes: the old task's head
answers the new question, or half of the body stays random, and pre-training seems useless.

WRITE
    load_body(classifier, checkpoint, head)
        classifier  an nn.Module, freshly made. Its head is the submodule of the name `head`:
                    the entries of its state_dict whose names begin with head + ".". All other
                    entries, parameters and buffers, are its body.
        checkpoint  a dict of name to tensor, in any order. A tensor is for the body's entry of
                    the same name, and has its shape, but may be of another floating dtype.
                    The checkpoint may lack entries of the body. It may hold names that the
                    classifier does not have: pass these over. It may hold an old head, too, by
                    the head's own names, of the same shape or another: not to be copied.
        head        a str without dots, "score" for example.
        returns     the names of the classifier's entries that stay as they were, a list of
                    str in any order: the head's, and those of the body that the checkpoint
                    lacks.

        Copy the numbers into the parameters and buffers that are there: they stay the same
        objects, of the same dtype, and share no memory with the checkpoint, which is not
        changed. Nothing else about the classifier changes.

    make_optimizer(classifier, head, body_rate, head_rate)
        returns     a torch.optim.AdamW, its other options left at their defaults, that trains
                    every parameter of the classifier: those of the head at head_rate, all
                    others at body_rate. Nothing about the classifier changes.

EXAMPLE
    A classifier has "body.weight", "body.bias", "score.weight" and "score.bias"; a checkpoint
    has "score.weight", "lm_head.weight" and "body.weight", and head is "score". Only
    "body.weight" is copied; "body.bias", "score.weight" and "score.bias" are returned.

The last test explains by experiment what pre-training is for. From 16 examples, a classifier
learns which word was left out of a review, " the" or " is": once from the kit's checkpoint and
once from scratch, with the same model, examples and steps.

Out of scope: names that differ by a prefix, body shapes that do not fit, frozen parameters in
make_optimizer.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def load_body(classifier: nn.Module, checkpoint: dict[str, Tensor], head: str) -> list[str]:
    """Copies the checkpoint's body into the classifier; returns what stays new."""
    raise NotImplementedError  # TODO: two to five lines


def make_optimizer(
    classifier: nn.Module, head: str, body_rate: float, head_rate: float
) -> torch.optim.Optimizer:
    """AdamW on everything, the head at a rate of its own."""
    raise NotImplementedError  # TODO: about five lines
