"""Finds answers by searching for the mark's tokens, which a patient may quote.

caught by: test_place_decides_and_not_the_token
says: turns found by the tokens of the mark
"""


def chat_example(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> Example:
    """Ids and labels of one conversation; only what the assistant says is scored."""
    ids: list[int] = []
    labels: list[int] = []
    for turn in turns:
        mark = tokenizer.encode(MARKS[turn.role])
        said = [*tokenizer.encode(turn.text), tokenizer.end_of_text]
        ids += mark + said
    mark = tokenizer.encode(MARKS["assistant"])
    scoring = False
    for place, token in enumerate(ids):
        labels.append(token if scoring else IGNORE)
        if scoring:
            scoring = token != tokenizer.end_of_text
        else:
            scoring = ids[max(0, place + 1 - len(mark)) : place + 1] == mark
    return ids[-max_length:], labels[-max_length:]
