"""Make a medical assistant of a model that was pretrained on general text.

Such a model continues text; it does not answer. Fine-tune it on medical conversations: trained
from scratch on these few alone it would not even learn English, and more general text would
not teach it to answer. What it learns is decided by ids and labels: score the patient's words
too, and it learns to ask; forget the end of turn, and it never stops talking.

WRITE three functions. Two constants stand below: MARKS, the words that say who speaks, and
IGNORE, the label of a token that is not scored.

    chat_example(turns, tokenizer, max_length)       one conversation, to be trained on
        turns       a list or tuple of Turn: .role is "patient" or "assistant", .text a string.
                    Any order, any number, none too; a text may be empty. Any other role
                    raises ValueError or KeyError with a message that names the role.
        tokenizer   .encode(text) gives a list of ids, .end_of_text is the id that ends a turn.
                    Any id may be a real token, 0 included.
        returns     (ids, labels), two lists of ints of the same length.
                    ids: for each turn encode(MARKS[role]), encode(text) and end_of_text, in
                    this order. Encode mark and text each on its own: joined they may give
                    other tokens.
                    labels: at each token of an assistant's text, and at the end_of_text that
                    ends an assistant's turn, the id that stands there; IGNORE everywhere else
                    (marks, and all of a patient's turn). This holds for every assistant's
                    turn. Place decides and not value: a patient may use the same words, or
                    write a mark. Not shifted: the loss does that.
        max_length  an int, at least 1. Of more tokens only the last max_length are kept, with
                    their labels: the oldest go, even if that cuts a turn in two.

    chat_prompt(turns, tokenizer, max_length)        what the trained model is asked with
        returns     the list of ids after which the assistant's next words come: all turns as
                    above, then encode(MARKS["assistant"]) and nothing more. Of more than
                    max_length ids, the mark included, only the last max_length are kept.

    pad_batch(examples, pad_id)                      many conversations, side by side
        examples    a list of (ids, labels) as chat_example gives them; may be empty.
        pad_id      an int. It may be the id of a real token, end_of_text for one.
        returns     (ids, labels), two int64 tensors (B, T): a row for each example, in order,
                    T as long as the longest. Shorter ones are filled up on the right: ids with
                    pad_id, labels with IGNORE. Labels that an example has stay as they are.
                    No example gives (0, 0), three empty ones give (3, 0).

Arguments are left as they are. The batch needs no mask: the model looks only to the left, and
what stands right of a token cannot change what it says.

EXAMPLE, with a tokenizer of one id a word: "Patient:\\n" is 7, "Assistant:\\n" is 4, "Hot?" is
3, "Cool" 0, "it." 5, and end_of_text is 9.
    turns    patient "Hot?"       assistant "Cool it."
    ids      7     3     9        4     0   5   9
    labels   -100  -100  -100     -100  0   5   9
    The prompt of the first turn alone is [7, 3, 9, 4].

The last test fine-tunes the kit's pretrained model on 12 conversations as you build them, in
6 steps. On the right answers to questions it has not seen it must then need at least 0.5 nats
a token less than as it came, and 0.8 less than the same model trained from scratch on the
same batches. What it forgets of general text is measured too: it must need at least 1 nat a
token less there than the one from scratch.

The conversations are teaching data: general information in simple words, not medical advice.
Out of scope: texts in which a special token is written out, packing, sampling.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pytest_kata.lab.conversations import Turn
from pytest_kata.lab.tokenizer import Tokenizer

MARKS = {"patient": "Patient:\n", "assistant": "Assistant:\n"}
IGNORE = -100

Example = tuple[list[int], list[int]]


def chat_example(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> Example:
    """Ids and labels of one conversation; only what the assistant says is scored."""
    raise NotImplementedError  # TODO: about eight lines


def chat_prompt(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> list[int]:
    """The ids after which the assistant's next words come."""
    raise NotImplementedError  # TODO: about two lines


def pad_batch(examples: list[Example], pad_id: int) -> tuple[Tensor, Tensor]:
    """Ids and labels of many conversations, (B, T) each, filled up on the right."""
    raise NotImplementedError  # TODO: about seven lines
