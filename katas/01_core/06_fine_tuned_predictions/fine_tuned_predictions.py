"""Let a fine-tuned model answer

A model was loaded, fine-tuned to sort letters, and put to work. The same letter was sorted
differently each time it came, because dropout was still on; and differently again when it came
in with a longer one, because the padding had a say. Both look like a bad model. They are bad
predictions of a good one.

What to write
    predict(model, texts, encode, names, *, batch_size=16, pad=0) -> list of names

    model       model(ids, mask) gives logits (B, classes) for B texts: ids (B, T) int64, mask
                (B, T) bool, True at real ids and False at padding.
    texts       A sequence of strings, in any order, of any lengths, some perhaps equal. If it
                is empty the answer is [], and the model is not called.
    encode      encode(text) gives the ids of one text: a list of ints, at least one.
    names       names[i] is the name of class i. Any order and any number of them is possible.
    batch_size  So many texts go into one call of the model, and fewer only into the last call;
                each text goes in once.
    pad         Rows that are shorter than the longest of their batch are filled up with this
                id, on the right. It may be a real id as well: inside a text it is a token.
    Returns one name for each text, in the order of texts: that of the largest logit.

  The answer to a text depends on the text and on the weights that the model has now, on
  nothing else: not on chance, the texts beside it, batch_size, or earlier calls.
  The model is called in eval mode, all parts of it, and without building a graph.
  Afterwards all is as it was: every module in the mode, train or eval, in which it came (some
  parts may have come in another mode than the rest); weights, gradients and requires_grad; and
  whether gradients are recorded. So too if the model or encode raises; the error goes through.

Example: names = ("bill", "offer", "thanks"), pad=0, and two texts with ids [5] and [8, 0, 7].
    The model gets  ids  5 0 0   mask  True False False   and says  0.1  2.0 -1.0
                         8 0 7         True True  True              3.0 -0.5  2.9
    so the answer is ["offer", "bill"].

One of the tests loads the shipped checkpoint, fine-tunes it to tell three kinds of text apart,
    and asks for predictions before and after. What do you expect: what the checkpoint said all
    along, what it has learned from the task, or something at random?

Out of scope: devices, texts too long for the model, ties, probabilities, wrong arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn


def predict(
    model: nn.Module,
    texts: Sequence[str],
    encode: Callable[[str], list[int]],
    names: Sequence[str],
    *,
    batch_size: int = 16,
    pad: int = 0,
) -> list[str]:
    """The name of the class that `model` finds for each of `texts`, in their order."""
    # TODO: eval mode and back, no graph, batches, padding with a mask, names.
    raise NotImplementedError
