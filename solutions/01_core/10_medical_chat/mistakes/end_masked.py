"""Leaves the end of turn out of the labels; the model never stops talking.

caught by: test_end_of_turn_is_learned_after_the_assistant_only
says: the end of turn masked
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
        labels[-1] = IGNORE
    return ids[-max_length:], labels[-max_length:]
