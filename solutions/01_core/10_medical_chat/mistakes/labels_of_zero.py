"""Writes 0 where nothing is to be learned, and 0 is a token.

caught by: test_only_the_assistants_text_and_its_end_are_scored
says: labels of 0 in place of IGNORE
"""


def chat_example(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> Example:
    """Ids and labels of one conversation; only what the assistant says is scored."""
    ids: list[int] = []
    labels: list[int] = []
    for turn in turns:
        mark = tokenizer.encode(MARKS[turn.role])
        said = [*tokenizer.encode(turn.text), tokenizer.end_of_text]
        ids += mark + said
        labels += [0] * len(mark)
        labels += said if turn.role == "assistant" else [0] * len(said)
    return ids[-max_length:], labels[-max_length:]
