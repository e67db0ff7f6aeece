"""Takes max_length and does nothing with it.

caught by: test_long_conversation_loses_its_beginning
says: nothing cut, whatever max_length is
"""


def chat_example(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> Example:
    """Ids and labels of one conversation; only what the assistant says is scored."""
    ids: list[int] = []
    labels: list[int] = []
    for turn in turns:
        mark = tokenizer.encode(MARKS[turn.role])
        said = [*tokenizer.encode(turn.text), tokenizer.end_of_text]
        ids += mark + said
        labels += [IGNORE] * len(mark)
        labels += said if turn.role == "assistant" else [IGNORE] * len(said)
    return ids, labels
