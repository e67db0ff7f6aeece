"""Predicts 0.5, the most common answer over all seeds, for a seed that prints another.

caught by: test_printed_is_what_the_script_prints
says: the most common answer over all seeds
"""


PRINTED = 0.5
