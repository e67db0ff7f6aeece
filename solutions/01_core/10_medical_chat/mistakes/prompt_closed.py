"""Puts an end of turn after the open mark, so the answer is already over.

caught by: test_prompt_is_what_stands_before_the_answer
says: a mark that is closed at once
"""


def chat_prompt(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> list[int]:
    """The ids after which the assistant's next words come."""
    ids, _ = chat_example(turns, tokenizer, max_length)
    return (ids + tokenizer.encode(MARKS["assistant"]) + [tokenizer.end_of_text])[-max_length:]
