"""Takes the first candidate that has not failed, not the best.

caught by: test_highest_score_is_chosen
says: the first taken, not the best
"""


def choose(scores, costs):
    finite = [name for name in scores if math.isfinite(scores[name])]
    return finite[0] if finite else None
