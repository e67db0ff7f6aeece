"""Masks by value: a word that the patient used is never learned.

caught by: test_place_decides_and_not_the_token
says: whatever the patient said too is left out
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
    asked = {
        token
        for turn in turns
        if turn.role == "patient"
        for token in tokenizer.encode(MARKS["patient"]) + tokenizer.encode(turn.text)
    }
    labels = [IGNORE if token in asked else token for token in labels]
    return ids[-max_length:], labels[-max_length:]
