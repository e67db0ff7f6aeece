"""Strips the text, so that it trains on other tokens than were said.

caught by: test_each_turn_is_its_mark_its_text_and_an_end
says: texts that are stripped first
"""


def chat_example(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> Example:
    """Ids and labels of one conversation; only what the assistant says is scored."""
    ids: list[int] = []
    labels: list[int] = []
    for turn in turns:
        mark = tokenizer.encode(MARKS[turn.role])
        said = [*tokenizer.encode(turn.text.strip()), tokenizer.end_of_text]
        ids += mark + said
        labels += [IGNORE] * len(mark)
        labels += said if turn.role == "assistant" else [IGNORE] * len(said)
    return ids[-max_length:], labels[-max_length:]
