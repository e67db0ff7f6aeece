"""Leaves the marks out; nothing tells whose turn it is.

caught by: test_each_turn_is_its_mark_its_text_and_an_end
says: marks left out
"""


def chat_example(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> Example:
    """Ids and labels of one conversation; only what the assistant says is scored."""
    ids: list[int] = []
    labels: list[int] = []
    for turn in turns:
        mark = tokenizer.encode(MARKS[turn.role])
        said = [*tokenizer.encode(turn.text), tokenizer.end_of_text]
        ids += said
        labels += said if turn.role == "assistant" else [IGNORE] * len(said)
    return ids[-max_length:], labels[-max_length:]
