"""Adds the mark after the cut, and so exceeds max_length by its tokens.

caught by: test_long_prompt_keeps_its_end
says: a mark added after the cut
"""


def chat_prompt(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> list[int]:
    """The ids after which the assistant's next words come."""
    ids, _ = chat_example(turns, tokenizer, max_length)
    return ids + tokenizer.encode(MARKS["assistant"])
