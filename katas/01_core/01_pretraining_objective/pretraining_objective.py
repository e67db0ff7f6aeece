"""Pre-train on the next token.

Pre-training gives a model general knowledge from a large body of raw text, with no task in
mind: at every position it predicts the next token, and the text itself is the label. Shift
logits and labels wrongly by one and nothing crashes: the loss falls to 0 in a minute, because
the model may copy the token it is shown, and it has learned nothing.

WRITE
    next_token_loss(logits, labels, ignore_index=-100)
        logits        float tensor (B, T, V): B sequences, T positions, V tokens in the
                      vocabulary. logits[b, t] was computed from tokens 0 to t of sequence b.
        labels        int64 tensor (B, T), not shifted: labels[b, t] is token t itself, or
                      ignore_index where token t is not to be predicted (padding, say).
        ignore_index  any integer, also one that is a token. Every other label counts, 0
                      included.
        returns       the mean, over the whole batch, of -ln p(label) (in nats) at the scored
                      positions: a tensor with no dimensions, with the dtype of logits, and
                      connected to logits, so that backward() works.

    Logits at position t are scored on the token at t + 1 of the same sequence. The last
    position has nothing to predict, and the first token is predicted by nothing. A position
    is scored unless the label it should predict is ignore_index: one that is not scored
    changes neither the loss nor any gradient.

    Nothing to score (every label ignored, T = 1, or B = 0) is a loss of 0.0, still connected:
    after backward() the gradient of logits is zero everywhere, not NaN.

    Logits may be as large as 10,000, positive or negative; the loss stays exact. The
    arguments are left as they are.

EXAMPLE
    V = 3, one sequence with labels [2, 0, 1]. After token 2 the model gives token 0 the
    probability 1/2, after token 0 it gives token 1 the probability 1/4: the loss is
    (ln 2 + ln 4) / 2 = 1.04. With labels [2, 0, -100] only the first of the two counts: 0.69.

The last test pre-trains a small model with your loss, on the documentation in Python's
standard library, in a fraction of a second. Whoever only counts how often each character
occurs cannot get below the entropy of these frequencies, about 3.2 nats a character; on text
it has not seen, the model must get 0.3 below it. That much it can only have from context.

Out of scope: half precision, T = 0, ready-made labels that somebody has shifted already.
"""

from __future__ import annotations

import torch
from torch import Tensor


def next_token_loss(logits: Tensor, labels: Tensor, ignore_index: int = -100) -> Tensor:
    """Mean cross-entropy of each scored position's next token, in nats."""
    raise NotImplementedError  # TODO: about five lines
