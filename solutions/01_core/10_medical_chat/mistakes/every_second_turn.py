"""Takes every second turn for the assistant's, whoever speaks in it.

caught by: test_every_turn_of_the_assistant_is_scored
says: every second turn scored
"""


def chat_example(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> Example:
    """Ids and labels of one conversation; only what the assistant says is scored."""
    ids: list[int] = []
    labels: list[int] = []
    for number, turn in enumerate(turns):
        mark = tokenizer.encode(MARKS[turn.role])
        said = [*tokenizer.encode(turn.text), tokenizer.end_of_text]
        ids += mark + said
        labels += [IGNORE] * len(mark)
        labels += said if number % 2 else [IGNORE] * len(said)
    return ids[-max_length:], labels[-max_length:]
