"""Scores the last turn only and throws away the other answers.

caught by: test_every_turn_of_the_assistant_is_scored
says: only the last
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
        labels += said if turn is turns[-1] else [IGNORE] * len(said)
    return ids[-max_length:], labels[-max_length:]
