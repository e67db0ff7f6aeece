"""Leaves the assistant's mark out of the prompt: who is to speak?

caught by: test_prompt_is_what_stands_before_the_answer
says: a prompt without the assistant's mark
"""


def chat_prompt(turns: Sequence[Turn], tokenizer: Tokenizer, max_length: int) -> list[int]:
    """The ids after which the assistant's next words come."""
    ids, _ = chat_example(turns, tokenizer, max_length)
    return ids[-max_length:]
