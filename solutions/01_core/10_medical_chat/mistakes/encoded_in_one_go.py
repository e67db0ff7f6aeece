"""Encodes mark and text as one string, which gives other tokens.

caught by: test_each_turn_is_its_mark_its_text_and_an_end
says: mark and text encoded in one go
"""


def chat_example(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> Example:
    """Ids and labels of one conversation; only what the assistant says is scored."""
    ids: list[int] = []
    labels: list[int] = []
    for turn in turns:
        mark = tokenizer.encode(MARKS[turn.role])
        whole = tokenizer.encode(MARKS[turn.role] + turn.text)
        said = whole[len(mark) :] + [tokenizer.end_of_text]
        mark = whole[: len(mark)]
        ids += mark + said
        labels += [IGNORE] * len(mark)
        labels += said if turn.role == "assistant" else [IGNORE] * len(said)
    return ids[-max_length:], labels[-max_length:]
