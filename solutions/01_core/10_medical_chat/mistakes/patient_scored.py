"""Scores what the patient says as well; only the marks are left out.

caught by: test_only_the_assistants_text_and_its_end_are_scored
says: the patient's words scored too, and only the marks left out
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
        labels += said
    return ids[-max_length:], labels[-max_length:]
