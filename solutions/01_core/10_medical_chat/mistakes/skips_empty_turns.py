"""Skips a turn without text, and a question gets no answer.

caught by: test_empty_texts_and_empty_conversations
says: turns without a text left out
"""


def chat_example(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> Example:
    """Ids and labels of one conversation; only what the assistant says is scored."""
    ids: list[int] = []
    labels: list[int] = []
    for turn in turns:
        if not turn.text:
            continue
        mark = tokenizer.encode(MARKS[turn.role])
        said = [*tokenizer.encode(turn.text), tokenizer.end_of_text]
        ids += mark + said
        labels += [IGNORE] * len(mark)
        labels += said if turn.role == "assistant" else [IGNORE] * len(said)
    return ids[-max_length:], labels[-max_length:]
