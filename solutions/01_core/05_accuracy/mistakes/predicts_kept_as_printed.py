"""Measures the model after the last step, where the script prints the one before.

caught by: test_printed_is_what_the_script_prints
says: the score of the model you keep, not the printed one
"""


PRINTED = KEPT
