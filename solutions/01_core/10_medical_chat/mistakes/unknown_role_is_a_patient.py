"""Takes any other role for the patient, and no one ever hears of it.

caught by: test_unknown_role_is_an_error_that_names_it
says: raises nothing
"""


def chat_example(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> Example:
    """Ids and labels of one conversation; only what the assistant says is scored."""
    ids: list[int] = []
    labels: list[int] = []
    for turn in turns:
        mark = tokenizer.encode(MARKS["assistant" if turn.role == "assistant" else "patient"])
        said = [*tokenizer.encode(turn.text), tokenizer.end_of_text]
        ids += mark + said
        labels += [IGNORE] * len(mark)
        labels += said if turn.role == "assistant" else [IGNORE] * len(said)
    return ids[-max_length:], labels[-max_length:]
