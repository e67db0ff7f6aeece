"""Right, in tensors: a length for each part, repeat_interleave for who speaks, pad_sequence."""

import torch
from torch.nn.utils.rnn import pad_sequence

MARKS = {"patient": "Patient:\n", "assistant": "Assistant:\n"}
IGNORE = -100


def _parts(turns, tokenizer):
    for turn in turns:
        yield tokenizer.encode(MARKS[turn.role]), False
        yield tokenizer.encode(turn.text) + [tokenizer.end_of_text], turn.role == "assistant"


def chat_example(turns, tokenizer, max_length):
    parts = list(_parts(turns, tokenizer))
    if not parts:
        return [], []
    ids = torch.cat([torch.tensor(part, dtype=torch.int64) for part, _ in parts])
    lengths = torch.tensor([len(part) for part, _ in parts])
    scored = torch.tensor([scored for _, scored in parts]).repeat_interleave(lengths)
    labels = torch.where(scored, ids, IGNORE)
    return ids[-max_length:].tolist(), labels[-max_length:].tolist()


def chat_prompt(turns, tokenizer, max_length):
    ids = sum((part for part, _ in _parts(turns, tokenizer)), [])
    return (ids + tokenizer.encode(MARKS["assistant"]))[-max_length:]


def pad_batch(examples, pad_id):
    if not examples:
        nothing = torch.zeros(0, 0, dtype=torch.int64)
        return nothing, nothing.clone()
    rows = [torch.tensor(pair, dtype=torch.int64) for pair in examples]
    ids = pad_sequence([row[0] for row in rows], batch_first=True, padding_value=pad_id)
    labels = pad_sequence([row[1] for row in rows], batch_first=True, padding_value=IGNORE)
    return ids, labels
