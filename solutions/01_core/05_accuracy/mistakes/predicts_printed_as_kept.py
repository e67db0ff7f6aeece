"""Takes the printed number for the score of the model that is kept.

caught by: test_kept_is_the_score_of_the_model_left_behind
says: the printed number, scored before the last step
"""


KEPT = PRINTED
