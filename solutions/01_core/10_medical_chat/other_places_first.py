"""Right, in two passes: first all ids and the places of the answers, then the labels."""

import torch

MARKS = {"patient": "Patient:\n", "assistant": "Assistant:\n"}
IGNORE = -100


class Transcript:
    def __init__(self, turns, tokenizer):
        self.ids = []
        self.answers = []
        for turn in turns:
            if turn.role not in MARKS:
                raise ValueError(f"a turn has the role {turn.role!r}, not one of {list(MARKS)}")
            self.open(turn.role, tokenizer)
            start = len(self.ids)
            self.ids.extend(tokenizer.encode(turn.text))
            self.ids.append(tokenizer.end_of_text)
            if turn.role == "assistant":
                self.answers.append(range(start, len(self.ids)))

    def open(self, role, tokenizer):
        self.ids.extend(tokenizer.encode(MARKS[role]))

    @property
    def labels(self):
        labels = [IGNORE] * len(self.ids)
        for places in self.answers:
            for place in places:
                labels[place] = self.ids[place]
        return labels


def chat_example(turns, tokenizer, max_length):
    transcript = Transcript(turns, tokenizer)
    start = max(0, len(transcript.ids) - max_length)
    return transcript.ids[start:], transcript.labels[start:]


def chat_prompt(turns, tokenizer, max_length):
    transcript = Transcript(turns, tokenizer)
    transcript.open("assistant", tokenizer)
    start = max(0, len(transcript.ids) - max_length)
    return transcript.ids[start:]


def pad_batch(examples, pad_id):
    longest = max([len(ids) for ids, _ in examples], default=0)
    ids = [list(ids) + [pad_id] * (longest - len(ids)) for ids, _ in examples]
    labels = [list(labels) + [IGNORE] * (longest - len(labels)) for _, labels in examples]
    shape = (len(examples), longest)
    return (
        torch.tensor(ids, dtype=torch.int64).reshape(shape),
        torch.tensor(labels, dtype=torch.int64).reshape(shape),
    )
