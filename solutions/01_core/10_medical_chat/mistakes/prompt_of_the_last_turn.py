"""Asks with the last question alone and forgets what was said before.

caught by: test_prompt_is_what_stands_before_the_answer
says: the last turn alone
"""


def chat_prompt(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> list[int]:
    """The ids after which the assistant's next words come."""
    ids, _ = chat_example(turns[-1:], tokenizer, max_length)
    return (ids + tokenizer.encode(MARKS["assistant"]))[-max_length:]
