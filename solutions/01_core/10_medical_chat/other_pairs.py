"""Right, without a loop that grows a list: one (id, label) pair a token, chained and transposed."""

from itertools import chain, zip_longest

import torch

MARKS = {"patient": "Patient:\n", "assistant": "Assistant:\n"}
IGNORE = -100


def _silent(ids):
    return [(token, IGNORE) for token in ids]


def _spoken(ids):
    return [(token, token) for token in ids]


LEARN = {"patient": _silent, "assistant": _spoken}


def _pairs(turns, tokenizer):
    return chain.from_iterable(
        _silent(tokenizer.encode(MARKS[turn.role]))
        + LEARN[turn.role](tokenizer.encode(turn.text))
        + LEARN[turn.role]([tokenizer.end_of_text])
        for turn in turns
    )


def chat_example(turns, tokenizer, max_length):
    pairs = list(_pairs(turns, tokenizer))[-max_length:]
    return [token for token, _ in pairs], [label for _, label in pairs]


def chat_prompt(turns, tokenizer, max_length):
    opened = chain(_pairs(turns, tokenizer), _silent(tokenizer.encode(MARKS["assistant"])))
    return [token for token, _ in opened][-max_length:]


def pad_batch(examples, pad_id):
    def rectangle(rows, filler):
        columns = list(zip_longest(*rows, fillvalue=filler))
        return torch.tensor(columns, dtype=torch.long).view(len(columns), len(rows)).T.contiguous()

    return (
        rectangle([ids for ids, _ in examples], pad_id),
        rectangle([labels for _, labels in examples], IGNORE),
    )
