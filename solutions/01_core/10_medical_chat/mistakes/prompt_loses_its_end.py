"""Keeps the beginning of a long prompt, and so loses question and mark.

caught by: test_long_prompt_keeps_its_end
says: the end cut off, and with it the mark
"""


def chat_prompt(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> list[int]:
    """The ids after which the assistant's next words come."""
    ids, _ = chat_example(turns, tokenizer, 10**9)
    return (ids + tokenizer.encode(MARKS["assistant"]))[:max_length]
