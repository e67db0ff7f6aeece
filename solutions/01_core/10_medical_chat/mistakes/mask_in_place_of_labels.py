"""Returns a mask of 0 and 1 where labels are asked for.

caught by: test_only_the_assistants_text_and_its_end_are_scored
says: a mask of 0 and 1
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
        labels += [1] * len(said) if turn.role == "assistant" else [0] * len(said)
    return ids[-max_length:], labels[-max_length:]
